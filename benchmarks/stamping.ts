// What it costs to stamp a span: the journey processor against a plain setAttribute call for each attribute that it
// sets, on the same provider.

import type { Span, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import { createTracker, defineJourney, journeySpanProcessor } from '@throughline/core'
import { Bench } from 'tinybench'
import type { Measurement } from './run.ts'

const checkout = defineJourney('checkout', { version: '1', steps: ['cart', 'done'], converts: 'done' })

const byHand: SpanProcessor = {
  onStart(span: Span) {
    span.setAttribute('throughline.journey.name', 'checkout')
    span.setAttribute('throughline.journey.version', '1')
    span.setAttribute('throughline.run.id', '01932c07-209c-7cf7-8d2c-4d0a6a1e4f0b')
    span.setAttribute('throughline.step.name', 'cart')
    span.setAttribute('throughline.step.index', 0)
    span.setAttribute('throughline.step.attempt', 1)
    span.setAttribute('throughline.visit.id', '54e758e34e44a5b7f16b8953bc6b0ffd')
    span.setAttribute('throughline.visit.index', 1)
  },
  onEnd() {},
  forceFlush: () => Promise.resolve(),
  shutdown: () => Promise.resolve(),
}

export async function run(): Promise<Measurement[]> {
  const tracker = createTracker({ journeys: [checkout] })
  tracker.enter(checkout, 'cart')
  const tracerWith = (processor: SpanProcessor) =>
    new BasicTracerProvider({ spanProcessors: [processor] }).getTracer('bench')
  const plain = tracerWith(byHand)
  const stamped = tracerWith(journeySpanProcessor(tracker) as SpanProcessor)
  const ratios: number[] = []
  for (let round = 0; round < 7; round++) {
    const bench = new Bench({ time: 300, warmupTime: 100 })
    bench.add('plain', () => plain.startSpan('GET').end())
    bench.add('stamped', () => stamped.startSpan('GET').end())
    const [a, b] = await bench.run()
    if (a?.result.state !== 'completed' || b?.result.state !== 'completed')
      throw new Error('the benchmark did not finish')
    ratios.push(b.result.latency.p50 / a.result.latency.p50)
  }
  const ratio = ratios.sort((a, b) => a - b)[3]!
  return [
    {
      measure: 'stamping a span / eight setAttribute calls (median of 7)',
      value: `${ratio.toFixed(2)}×`,
      target: '≤ 1.1×',
      met: ratio <= 1.1,
    },
  ]
}

if (import.meta.main) console.table(await run())
