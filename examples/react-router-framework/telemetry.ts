// Loaded first, by the scripts of package.json.
import { register } from 'node:module'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { NodeSDK, tracing } from '@opentelemetry/sdk-node'
import { journeyProcessors } from '@throughline/node'
import { checkout } from './app/journeys.ts'

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)

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
