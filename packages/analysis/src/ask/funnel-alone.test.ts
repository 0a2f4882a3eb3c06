import { defineJourney } from '@throughline/core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Engine } from '../engine'
import type { SpanRow } from '../testing'
import { asVersion2, emptyTables, enter, openTestEngine, outcome, overhear, runId } from '../testing'
import { countFunnel } from './funnel-alone'

const STEPS = ['product', 'cart', 'shipping', 'payment', 'confirmation']
const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['product', 'cart', { name: 'shipping', optional: true }, 'payment', 'confirmation'],
  converts: 'confirmation',
  within: '2h',
})
const MINUTE = 60_000
const T = Date.UTC(2026, 10, 20, 12)

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
})
afterAll(() => engine.close())
beforeEach(() => emptyTables(engine))

const run = (name: string, steps: readonly string[], start = T) =>
  steps.map((step, at) => enter(runId(start, name), step, start + at * MINUTE))

async function counted(rows: readonly SpanRow[], asOf = T + 48 * 60 * MINUTE) {
  await engine.insert('otel_traces', asVersion2(rows, STEPS))
  const asked: string[] = []
  const watched = overhear(engine, (sql) => asked.push(sql))
  const { runs, conversions, stillGoing, steps } = await countFunnel(watched, checkout, {
    now: new Date(asOf),
  })
  return {
    funnel: {
      ...{ runs, conversions, stillGoing },
      reached: steps.map(({ reached }) => reached),
      droppedOff: steps.map(({ droppedOff }) => droppedOff),
    },
    /** Whether the visits of any run were put in order. */
    long: asked.some((sql) => sql.includes('arraySort')),
  }
}

it('counts regular runs without putting their visits in order', async () => {
  const { funnel, long } = await counted([
    ...run('all', STEPS),
    ...run('back', ['product', 'cart', 'product', 'cart', 'payment']),
    ...run('skips', ['product', 'cart', 'confirmation']),
    ...run('left', ['product']),
    outcome(runId(T, 'left'), T + MINUTE, 'abandoned'),
    ...run('open', ['product', 'cart'], T + 47 * 60 * MINUTE),
  ])
  expect(funnel).toEqual({
    ...{ runs: 5, conversions: 1, stillGoing: 1 },
    reached: [5, 4, 1, 2, 1],
    droppedOff: [1, 1, 0, 1, 0],
  })
  expect(long).toBe(false)
})

it('takes the long way for the runs that need it, and only for those', async () => {
  const { funnel, long } = await counted([
    ...run('all', STEPS),
    ...run('confirmed', ['product']),
    outcome(runId(T, 'confirmed'), T + MINUTE, 'converted', { source: 'server' }),
    ...run('failed', STEPS),
    outcome(runId(T, 'failed'), T + 10 * MINUTE, 'failed', { source: 'server' }),
    ...run('late', ['product', 'cart']),
    enter(runId(T, 'late'), 'payment', T + 3 * 60 * MINUTE),
    ...run('payment-first', ['product', 'payment', 'cart']),
  ])
  expect(funnel).toEqual({
    ...{ runs: 5, conversions: 2, stillGoing: 0 },
    reached: [5, 4, 2, 2, 2],
    droppedOff: [0, 2, 0, 1, 0],
  })
  expect(long).toBe(true)
})
