import { defineJourney } from '@throughline/core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Engine, QueryParams } from '../engine'
import { emptyTables, enter, openTestEngine, runId } from '../testing'
import { createLiveResult } from './live-result'

const checkout = defineJourney('checkout', { version: '1', steps: ['cart', 'done'], converts: 'done' })
const T = Date.UTC(2026, 10, 20, 12)

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
})
afterAll(() => engine.close())
beforeEach(() => emptyTables(engine))

/** A live result on a clock of its own: each query takes 10 ms, and as much of a processor. */
function live() {
  const time = { now: 0, spent: 0, changes: 0 }
  const watched: Engine = {
    ...engine,
    query<Row>(sql: string, params?: QueryParams) {
      time.now += 10
      time.spent += 10
      return engine.query<Row>(sql, params)
    },
  }
  const clock = { now: () => time.now, spent: () => time.spent }
  const ask = createLiveResult(watched, { journeys: [checkout], hypotheses: [] }, () => time.changes, clock)
  return {
    time,
    page: (view = '') => ask(view, { now: new Date(T) }, true),
    api: () => ask('', { now: new Date(T) }, false),
    async arrive(name: string) {
      await engine.insert('otel_traces', [enter(runId(T - 1000, name), 'cart', T - 1000)])
      time.changes++
    },
  }
}

const runsOf = ({ result }: Awaited<ReturnType<ReturnType<typeof live>['page']>>) => result.journeys[0]!.runs

it('asks nothing of the engine while nothing has arrived', async () => {
  const { time, page, arrive } = live()
  await arrive('a')
  expect(runsOf(await page())).toBe(1)
  const { spent } = time
  time.now += 500_000
  const again = await page()
  expect(time.spent).toBe(spent)
  expect(again).toMatchObject({ behind: false, age: spent + 500_000 })
})

it('brings itself up to date seldom, since who may still go on depends on the time alone', async () => {
  const { time, page } = live()
  await page()
  const { spent } = time
  time.now += 601_000
  expect((await page()).age).toBeLessThan(10_000)
  expect(time.spent).toBeGreaterThan(spent)
})

it('takes a tenth of a core at most while data arrive, and says that there are more', async () => {
  const { time, page, api, arrive } = live()
  await page()
  await arrive('a')
  const { spent } = time
  time.now = spent * 10 - 1
  const before = await page()
  expect(runsOf(before)).toBe(0)
  expect(before).toMatchObject({ behind: true, age: spent * 10 - 1 })
  time.now++
  const after = await page()
  expect(runsOf(after)).toBe(1)
  expect(after.behind).toBe(false)

  await arrive('b')
  // What asks once is answered as of now.
  expect(runsOf(await api())).toBe(2)
})

it('computes a view that nobody has looked at yet, and each view once at a time', async () => {
  const { time, page, arrive } = live()
  await arrive('a')
  await page()
  const { spent } = time
  expect(runsOf(await page('?by=subject'))).toBe(1)
  expect(time.spent).toBe(2 * spent)
  const [first, second] = await Promise.all([page('?timezone=UTC'), page('?timezone=UTC')])
  expect(first!.result).toBe(second!.result)
  expect(time.spent).toBe(3 * spent)
})
