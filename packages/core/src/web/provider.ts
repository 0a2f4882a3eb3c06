// The only file that imports the OpenTelemetry SDK: JS 2.x with an OTLP/HTTP exporter.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
// What WebTracerProvider adds to it (a context manager, propagators, `register`) are parts of ours.
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-web'
import { asResource } from './resource'
import type { Sdk } from './start'

export const makeProvider: Sdk['makeProvider'] = ({ sampler, spanProcessors }, attributes) =>
  new BasicTracerProvider({ resource: asResource(attributes), sampler, spanProcessors })

export const makeExporter: Sdk['makeExporter'] = (url, headers = {}) =>
  new OTLPTraceExporter({ url, headers })
