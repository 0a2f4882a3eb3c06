// For tests: a hypothesis on a short journey, and an engine to judge it in.
import { defineHypothesis, defineJourney } from '@throughline/core'
import { afterAll, beforeAll, beforeEach } from 'vitest'
import type { Engine } from '../engine'
import type { SpanRow } from '../testing'
import { emptyTables, openTestEngine } from '../testing'
import { analyse } from './analyse'

export const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'confirmation'],
  converts: 'confirmation',
  within: '2h',
})
export const onePage = defineHypothesis('one-page', {
  statement: 'Payment on one page lets more people finish checkout',
  journey: checkout,
  from: 'payment',
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: 0.1 },
})
export const HOUR = 3_600_000
export const T = Date.UTC(2026, 10, 20, 12)
/** Nobody can still convert. */
export const now = new Date(T + 48 * HOUR)

/** Registers an engine for the tests of a file, empty before each; its result stores rows and judges a hypothesis. */
export function hypothesisEngine() {
  let engine: Engine
  beforeAll(async () => {
    engine = await openTestEngine()
  })
  afterAll(() => engine.close())
  beforeEach(() => emptyTables(engine))
  return {
    empty: () => emptyTables(engine),
    async judged(rows: readonly SpanRow[], hypothesis: typeof onePage = onePage, until = now) {
      await engine.insert('otel_traces', rows)
      const result = await analyse(engine, { journeys: [checkout], hypotheses: [hypothesis] }, { now, until })
      return { ...result.hypotheses[0]!, trust: result.trust }
    },
  }
}
