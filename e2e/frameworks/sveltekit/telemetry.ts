// Loaded first: node --import ./telemetry.ts build/index.js
// Without OpenTelemetry's hook for ES modules: SvelteKit's build reassigns what it exports, and the hook's wrappers
// keep what it was first. The instrumentation of http works without it.
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { journeyProcessors, journeyPropagator } from '@throughline/node'
import { checkout } from './src/lib/journeys.ts'

const { sampler, spanProcessor } = journeyProcessors({ journeys: [checkout] })
const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()]
new NodeSDK({
  sampler,
  textMapPropagator: journeyPropagator(new CompositePropagator({ propagators })),
  spanProcessors: [spanProcessor, new SimpleSpanProcessor(new OTLPTraceExporter())],
  instrumentations: [new HttpInstrumentation()],
}).start()
