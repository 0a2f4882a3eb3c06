// SvelteKit loads this before the application. No hook for ES modules is registered here: SvelteKit's build reassigns
// what it exports, and the hook's wrappers keep what it was first. The instrumentation of http works without it.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { NodeSDK, tracing } from '@opentelemetry/sdk-node'
import { journeyProcessors } from '@throughline/node'
import { checkout } from './lib/journeys'

const { sampler, spanProcessor } = journeyProcessors({ journeys: [checkout] })
const sdk = new NodeSDK({
  serviceName: 'shop',
  sampler,
  spanProcessors: [spanProcessor, new tracing.BatchSpanProcessor(new OTLPTraceExporter())],
  metricReaders: [],
  logRecordProcessors: [],
  instrumentations: [
    // What pages send makes no spans of its own.
    new HttpInstrumentation({ ignoreIncomingRequestHook: ({ url = '' }) => url.startsWith('/otlp/') }),
  ],
})
sdk.start()

for (const signal of ['SIGINT', 'SIGTERM'] as const)
  process.once(signal, () => sdk.shutdown().finally(() => process.exit()))
