// Loaded before the Node server (`node --import ./telemetry.ts server.ts`), as the README has it.
import { register } from 'node:module'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { journeyProcessors } from '@throughline/node'
import { definitions } from './journeys.ts'

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)

const { sampler, spanProcessor } = journeyProcessors(definitions)
const sdk = new NodeSDK({
  sampler,
  spanProcessors: [spanProcessor, new SimpleSpanProcessor(new OTLPTraceExporter())],
  metricReaders: [],
  logRecordProcessors: [],
  instrumentations: [new HttpInstrumentation()],
})
sdk.start()
process.once('SIGTERM', () => sdk.shutdown().finally(() => process.exit(0)))
