import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Engine } from '../engine'
import type { Result } from '../result'
import type { SpanRow } from '../testing'
import { emptyTables, enter, openTestEngine, randomFrom, runId, span } from '../testing'
import type { AnalyseOptions } from './analyse'
import { analyse } from './analyse'
import { COUNT, checkout, crowd, now, T, truth } from './crowd-testing'

let engine: Engine
let rows: SpanRow[]
let found: Result['journeys'][number]
const analysed = async (options: AnalyseOptions = {}) =>
  (await analyse(engine, { journeys: [checkout], hypotheses: [] }, { now, ...options })).journeys[0]!
beforeAll(async () => {
  engine = await openTestEngine()
  rows = crowd()
  await engine.insert('otel_traces', rows)
  found = await analysed()
})
afterAll(() => engine.close())

const measure = (step: string, name: string) =>
  found.latency.find((one) => one.step === step && one.measure === name)!

it('finds what a slow step costs, within strata, against the declared target', () => {
  const ready = measure('payment', 'ready')
  expect(ready.threshold).toEqual({ slowFrom: 2000, source: 'declared' })
  expect(ready.strata).toEqual(['device', 'network'])
  expect(ready.buckets.map((bucket) => bucket.label)).toEqual([
    'up to 1 s',
    '1 s to 2 s',
    '2 s to 4 s',
    'over 4 s',
    'not measured',
  ])
  expect(ready.buckets.reduce((sum, bucket) => sum + bucket.visits, 0)).toBe(COUNT)
  // Nine in ten visits were measured; what the others lost cannot be known.
  expect(ready.lost!.low).toBeLessThan(truth.slowPayment * 0.9)
  expect(ready.lost!.high).toBeGreaterThan(truth.slowPayment * 0.9)
  expect(ready.crude!.value).toBeLessThan(ready.adjusted!.low)
})

it('finds nothing where speed has no effect, although the crude numbers say otherwise', () => {
  const lcp = measure('cart', 'lcp')
  expect(lcp).toMatchObject({ navigationType: 'navigate', threshold: { slowFrom: 2500, source: 'web.dev' } })
  expect(lcp.crude!.high).toBeLessThan(1)
  expect(lcp.adjusted!.low).toBeLessThan(1)
  expect(lcp.adjusted!.high).toBeGreaterThan(1)
  expect(lcp.lost!.low).toBeLessThan(0)
  expect(lcp.lost!.high).toBeGreaterThan(0)
})

it('does not take a long stay for a cause', () => {
  const cls = measure('payment', 'cls')
  expect(cls.adjusted!.low).toBeLessThan(1)
  expect(cls.adjusted!.high).toBeGreaterThan(1)
})

it('finds what an error costs, and who recovered', () => {
  expect(found.errors).toHaveLength(1)
  const [error] = found.errors
  expect(error).toMatchObject({
    key: 'f1',
    label: 'TypeError: x',
    kind: 'error',
    service: 'shop-web',
    steps: ['payment'],
  })
  expect(error!.lost.low).toBeLessThan(truth.error)
  expect(error!.lost.high).toBeGreaterThan(truth.error)
  expect(error!.lost.low).toBeGreaterThan(0)
  expect(error!.lostValue![0]).toMatchObject({ currency: 'EUR' })
  expect(error!.lostValue![0]!.amount.value).toBeCloseTo(error!.lost.value * 40, 6)
  expect(error!.recovered.value).toBeCloseTo(error!.converted / error!.runs, 9)
})

it('finds what a failing endpoint costs, and that a slow one costs nothing', () => {
  const failing = found.endpoints.find((one) => one.kind === 'failing-endpoint')!
  expect(failing).toMatchObject({ key: 'POST /orders', service: 'shop-api' })
  expect(failing.lost.low).toBeLessThan(truth.failedCharge)
  expect(failing.lost.high).toBeGreaterThan(truth.failedCharge)
  const slow = found.endpoints.find((one) => one.kind === 'slow-endpoint')!
  expect(slow.key).toBe('POST /search')
  expect(slow.lost.low).toBeLessThan(0)
  expect(slow.lost.high).toBeGreaterThan(0)
})

it('says the same of each part of a breakdown as a report of that part alone', async () => {
  const { breakdown, ...whole } = await analysed({ breakdown: 'network' })
  const parts = breakdown!.parts.map(({ label, costs }) => ({ label, ...costs! }))
  expect(parts.map(({ label }) => label).sort()).toEqual(['cell', 'wifi'])
  for (const { label, slow, errors, endpoints } of parts) {
    const alone = await analysed({ where: [`network=${label}`] })
    const odds = alone.latency.map(({ step, measure, navigationType, adjusted, lost }) => ({
      ...{ step, measure, navigationType, adjusted, lost },
    }))
    expect(slow.map(({ visits, slow: _, slowFrom, ...odd }) => odd)).toEqual(odds)
    expect(slow).toHaveLength(3)
    const losses = [...alone.errors, ...alone.endpoints].map(
      ({ key, kind, steps, runs, converted, lost }) => ({
        ...{ key, kind, steps, visits: runs, converted, lost },
      }),
    )
    expect(losses).toHaveLength(3)
    expect([...errors, ...endpoints].map(({ label: _, service, ...loss }) => loss)).toEqual(losses)
  }
  for (const { costliest, costs } of breakdown!.parts) {
    const all = [...costs!.slow, ...costs!.errors, ...costs!.endpoints]
    const most = all.filter(({ lost }) => lost!.low > 0).sort((a, b) => b.lost!.value - a.lost!.value)[0]!
    expect(costliest!.lost).toEqual(most.lost)
    expect(costliest!.steps).toEqual(['payment'])
  }
  // Of 0.9 of those on wifi an error takes 0.4 of 15 in 100, a failed charge 0.5 of 10, a slow payment 0.25 of 10.
  expect(breakdown!.parts.map(({ label, costliest }) => [label, costliest!.kind]).sort()).toEqual([
    ['cell', 'slow-step'],
    ['wifi', 'error'],
  ])
  // The whole is compared within networks, so what is lost adds up as well.
  const total = (of: (part: (typeof parts)[number]) => number) =>
    parts.reduce((sum, part) => sum + of(part), 0)
  for (const [at, { buckets, lost }] of whole.latency.entries()) {
    const sum = (only: boolean) =>
      buckets.reduce(
        (all, { from, slow, visits }) => all + (from !== null && (slow || !only) ? visits : 0),
        0,
      )
    expect(total(({ slow }) => slow[at]!.visits)).toBe(sum(false))
    expect(total(({ slow }) => slow[at]!.slow)).toBe(sum(true))
    expect(total(({ slow }) => slow[at]!.lost!.value)).toBeCloseTo(lost!.value, 6)
  }
  for (const { key, kind, lost, runs } of [...whole.errors, ...whole.endpoints]) {
    const of = (part: (typeof parts)[number]) =>
      [...part.errors, ...part.endpoints].find((one) => one.key === key && one.kind === kind)!
    expect(total((part) => of(part).lost.value)).toBeCloseTo(lost.value, 6)
    expect(total((part) => of(part).visits)).toBe(runs)
  }
})

it('finds the same from rows that arrive twice and in another order', async () => {
  const random = randomFrom(5)
  await emptyTables(engine)
  await engine.insert(
    'otel_traces',
    [...rows, ...rows].sort(() => random() - 0.5),
  )
  expect(await analysed()).toEqual(found)
})

it('takes the first of several measurements in a visit, and the largest report of that', async () => {
  await emptyTables(engine)
  const run = runId(T, 'restored')
  const lcp = (id: string, at: number, value: number) =>
    span('browser.web_vital', T + at, {
      run,
      step: 'cart',
      attributes: {
        'browser.web_vital.id': id,
        'browser.web_vital.name': 'lcp',
        'browser.web_vital.value': value,
      },
    })
  await engine.insert('otel_traces', [
    enter(run, 'cart', T),
    // A page that is restored from the back-forward cache measures again.
    lcp('again', 60_000, 9000),
    lcp('first', 1000, 1000),
    lcp('first', 2000, 2000),
  ])
  const { buckets } = (await analysed()).latency.find((one) => one.measure === 'lcp')!
  expect(buckets.map(({ visits }) => visits)).toEqual([0, 1, 0, 0])
})
