// Loaded before the shop (`node --import`): its telemetry, with outcomes that are kept until they are taken. Each event
// is written to $SOAK_TRUTH before any exporter hears of it.
import { appendFileSync } from 'node:fs'
import { register } from 'node:module'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { core, NodeSDK, tracing } from '@opentelemetry/sdk-node'
import { isEventName } from '@throughline/core'
import { journeyProcessors, journeyPropagator, keepUntilTaken } from '@throughline/node'
import { hypotheses, journeys } from '../../examples/shop/journeys.ts'

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)

const { SOAK_TRUTH, SOAK_KEEP } = process.env
if (!SOAK_TRUTH || !SOAK_KEEP) throw new Error('set SOAK_TRUTH and SOAK_KEEP to files')

const truth: tracing.SpanProcessor = {
  onStart() {},
  onEnd({ name, attributes }) {
    const id = attributes['throughline.event.id']
    if (id && isEventName(name)) appendFileSync(SOAK_TRUTH, `${id} ${Date.now()}\n`)
  },
  forceFlush: async () => {},
  shutdown: async () => {},
}

const { spanProcessor, sampler } = journeyProcessors({ journeys, hypotheses })
const exporter = keepUntilTaken(new OTLPTraceExporter(), { file: SOAK_KEEP })
const propagators = [new core.W3CTraceContextPropagator(), new core.W3CBaggagePropagator()]
const sdk = new NodeSDK({
  sampler,
  textMapPropagator: journeyPropagator(new core.CompositePropagator({ propagators })),
  spanProcessors: [spanProcessor, truth, new tracing.BatchSpanProcessor(exporter)],
  metricReaders: [],
  logRecordProcessors: [],
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()],
})
sdk.start()

for (const signal of ['SIGTERM', 'SIGINT'] as const)
  process.once(signal, () => sdk.shutdown().finally(() => process.exit(0)))
