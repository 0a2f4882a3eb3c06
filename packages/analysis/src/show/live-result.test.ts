import { defineJourney } from '@throughline/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest'
import type { AnalyseOptions } from '../ask/analyse'
import { analyse } from '../ask/analyse'
import type { Engine } from '../engine'
import { emptyTables, enter, openTestEngine, overhear, runId } from '../testing'
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
  const asked: string[] = []
  const watched = overhear(engine, (sql) => {
    time.now += 10
    time.spent += 10
    asked.push(sql)
  })
  const clock = { now: () => time.now, spent: () => time.spent }
  const definitions = { journeys: [checkout], hypotheses: [] }
  const { ask, close } = createLiveResult(watched, definitions, () => time.changes, clock)
  onTestFinished(close)
  return {
    time,
    asked,
    close,
    page: (view = '', options: AnalyseOptions = {}) =>
      ask(view, () => ({ now: new Date(T), ...options }), true),
    api: () => ask('', () => ({ now: new Date(T) }), false),
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
  expect(runsOf(await page('?every=day', { every: 'day' }))).toBe(1)
  expect(time.spent).toBeGreaterThan(spent)
  const [first, second] = await Promise.all([page('?timezone=UTC'), page('?timezone=UTC')])
  expect(first!.result).toBe(second!.result)
})

/** The query that merges the states of visits, which takes longest. */
const gatherings = (asked: readonly string[]) => asked.filter((sql) => /AS entered_visits\b/.test(sql)).length

/** What reports keep, of this process. */
const kept = async () =>
  (await engine.query("SELECT name FROM system.tables WHERE database = 'throughline_kept'")).length

const CUTS: readonly AnalyseOptions[] = [
  {},
  { where: ['browser=Firefox'] },
  { breakdown: 'browser' },
  { every: 'hour', by: 'subject' },
  { where: ['reached=done'], breakdown: 'browser', step: 'cart' },
]
const viewOf = (options: AnalyseOptions) => JSON.stringify(options)
const since = new Date(T - 36e5)

describe('another cut of the same data', () => {
  it('does not gather runs anew, and says what a report of its own says', async () => {
    const { asked, page, arrive } = live()
    await arrive('a')
    await arrive('b')
    const views = await Promise.all(CUTS.map((options) => page(viewOf(options), { since, ...options })))
    expect(gatherings(asked)).toBe(1)
    for (const [at, options] of CUTS.entries()) {
      const own = await analyse(
        engine,
        { journeys: [checkout], hypotheses: [] },
        { now: new Date(T), since, ...options },
      )
      expect(views[at]!.result).toEqual(own)
    }
  })

  it('gathers them anew for another time, and once something has arrived', async () => {
    const { asked, page, api, arrive } = live()
    await arrive('a')
    await page()
    await page(viewOf({ since }), { since })
    expect(gatherings(asked)).toBe(2)
    await arrive('b')
    expect(runsOf(await api())).toBe(2)
    expect(gatherings(asked)).toBe(3)
  })

  it('keeps the tables of one report alone, and none when the page is closed or something has arrived', async () => {
    const { page, arrive, close } = live()
    await arrive('a')
    await page()
    const one = await kept()
    expect(one).toBeGreaterThan(0)
    await page(viewOf({ since }), { since })
    await page(viewOf({ since, breakdown: 'browser' }), { since, breakdown: 'browser' })
    expect(await kept()).toBe(one)
    await arrive('b')
    await expect.poll(kept, { timeout: 30_000 }).toBe(0)
    await page(viewOf({ since, every: 'day' }), { since, every: 'day' })
    await close()
    expect(await kept()).toBe(0)
  })
})
