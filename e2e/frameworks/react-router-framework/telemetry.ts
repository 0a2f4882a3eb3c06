// Loaded first: node --import ./telemetry.ts node_modules/@react-router/serve/bin.cjs build/server/index.js
import { register } from 'node:module'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { journeyProcessors, journeyPropagator } from '@throughline/node'
import { checkout } from './app/journeys.ts'

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)

const { sampler, spanProcessor } = journeyProcessors({ journeys: [checkout] })
const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()]
new NodeSDK({
  sampler,
  textMapPropagator: journeyPropagator(new CompositePropagator({ propagators })),
  spanProcessors: [spanProcessor, new SimpleSpanProcessor(new OTLPTraceExporter())],
  instrumentations: [new HttpInstrumentation()],
}).start()
