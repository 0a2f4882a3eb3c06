// Loaded before anything else (`node --import ./server/telemetry.ts …`): OpenTelemetry as usual, and Throughline's
// processors in it.
import { register } from 'node:module'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { UndiciInstrumentation } from '@opentelemetry/instrumentation-undici'
import { core, NodeSDK, tracing } from '@opentelemetry/sdk-node'
import { journeyProcessors, journeyPropagator } from '@throughline/node'
import { hypotheses, journeys } from '../journeys.ts'

// Lets the instrumentations patch modules that are imported.
register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)

const { spanProcessor, sampler } = journeyProcessors({ journeys, hypotheses })

// Room for a crowd: what does not fit the queue is dropped.
const batches = new tracing.BatchSpanProcessor(new OTLPTraceExporter(), {
  maxQueueSize: 100_000,
  maxExportBatchSize: 2000,
  scheduledDelayMillis: 1000,
})

const propagators = [new core.W3CTraceContextPropagator(), new core.W3CBaggagePropagator()]
const sdk = new NodeSDK({
  sampler,
  textMapPropagator: journeyPropagator(new core.CompositePropagator({ propagators })),
  spanProcessors: [spanProcessor, batches],
  metricReaders: [],
  logRecordProcessors: [],
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation(), new UndiciInstrumentation()],
})
sdk.start()

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => sdk.shutdown().finally(() => process.exit(0)))
