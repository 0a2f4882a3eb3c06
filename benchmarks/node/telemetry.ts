// OpenTelemetry as the README of @throughline/node has it; with THROUGHLINE=1 its parts as well. Spans end in nothing.
import { register } from 'node:module'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { ExpressInstrumentation } from '@opentelemetry/instrumentation-express'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { journeyProcessors, journeyPropagator } from '@throughline/node'
import { checkout } from './journeys.ts'

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)
const isOurs = process.env.THROUGHLINE === '1'
const { sampler, spanProcessor } = journeyProcessors({ journeys: [checkout] })
const w3c = new CompositePropagator({
  propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()],
})
const nowhere = new BatchSpanProcessor({
  export: (_spans, done) => done({ code: 0 }),
  shutdown: () => Promise.resolve(),
})
new NodeSDK({
  ...(isOurs && { sampler }),
  textMapPropagator: isOurs ? journeyPropagator(w3c) : w3c,
  spanProcessors: [...(isOurs ? [spanProcessor] : []), nowhere],
  metricReaders: [],
  logRecordProcessors: [],
  instrumentations: [new HttpInstrumentation(), new ExpressInstrumentation()],
}).start()
