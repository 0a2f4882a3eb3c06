// Loaded first: node --import ./dist/telemetry.js dist/main.js
import { register } from 'node:module'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { journeyProcessors, journeyPropagator } from '@throughline/node'
import { checkout } from './journeys.js'

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)

const { sampler, spanProcessor } = journeyProcessors({ journeys: [checkout] })
const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()]
new NodeSDK({
  sampler,
  textMapPropagator: journeyPropagator(new CompositePropagator({ propagators })),
  spanProcessors: [spanProcessor, new SimpleSpanProcessor(new OTLPTraceExporter())],
  instrumentations: [new HttpInstrumentation()],
}).start()
