import { defineJourney } from '@throughline/core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Engine } from '../engine'
import type { Result } from '../result'
import type { SpanRow } from '../testing'
import { emptyTables, enter, openTestEngine, outcome, randomFrom, runId, span } from '../testing'
import type { AnalyseOptions } from './analyse'
import { analyse } from './analyse'

const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'confirmation'],
  converts: 'confirmation',
  ready: { payment: { p75: 2000 } },
})
const HOUR = 3_600_000
const T = Date.UTC(2026, 10, 20, 12)
const now = new Date(T + 48 * HOUR)
const COUNT = 6000

// What is true. Phones are slower and convert less by themselves; a slow payment costs 0.25 of the conversions it
// meets, an error 0.4, a failed charge 0.5; a slow cart nothing at all. Long stays collect interactions and shifts,
// and mean nothing.
const truth = { slowPayment: 0, error: 0, failedCharge: 0, slowSearch: 0 }

function crowd(): SpanRow[] {
  const random = randomFrom(12)
  return Array.from({ length: COUNT }, (_, index): SpanRow[] => {
    const start = T + index * 1000
    const run = runId(start, `p${index}`)
    const phone = random() < 0.5
    const resource = {
      'telemetry.sdk.language': 'webjs',
      'browser.mobile': phone,
      'network.connection.type': phone ? 'cell' : 'wifi',
    }
    const event = (name: string, step: string, time: number, attributes = {}) =>
      span(name, time, { run, step, resource, attributes })
    const vital = (name: string, value: number, step: string, time: number) =>
      event('browser.web_vital', step, time, {
        'browser.web_vital.name': name,
        'browser.web_vital.value': value,
        'browser.web_vital.id': `${name}-${index}`,
        'browser.web_vital.navigation_type': 'navigate',
      })
    const rows = [enter(run, 'cart', start, { resource })]
    const slowCart = random() < (phone ? 0.5 : 0.1)
    rows.push(vital('lcp', slowCart ? 3000 : 1000, 'cart', start), vital('lcp', 900, 'cart', start))
    const paying = start + 20_000
    rows.push(enter(run, 'payment', paying, { resource }))

    const slow = random() < (phone ? 0.5 : 0.1)
    const error = random() < 0.15
    const fails = random() < 0.1
    const slowSearch = random() < 0.2
    const base = phone ? 0.6 : 0.9
    if (random() < 0.9)
      rows.push(
        event('throughline.step.ready', 'payment', paying, {
          'throughline.step.ready_ms': slow ? 3000 : 800,
        }),
      )
    if (error)
      rows.push(
        event('exception', 'payment', paying + 3000, {
          'exception.type': 'TypeError',
          'exception.message': 'x',
          'throughline.error.fingerprint': 'f1',
        }),
      )
    const call = (route: string, duration: number, status: number, id: number) =>
      span(`POST ${route}`, paying + 500, {
        run,
        step: 'payment',
        kind: 'Server',
        source: 'server',
        duration,
        span: `${index}-${id}`,
        attributes: {
          'http.request.method': 'POST',
          'http.route': route,
          'http.response.status_code': status,
        },
      })
    rows.push(call('/search', slowSearch ? 900 : 100, 200, 1), call('/orders', 50, fails ? 502 : 201, 2))
    let chance = base
    if (slow) chance *= 0.75
    if (error) chance *= 0.6
    if (fails) chance *= 0.5
    if (slow) truth.slowPayment += chance / 0.75 - chance
    if (error) truth.error += chance / 0.6 - chance
    if (fails) truth.failedCharge += chance / 0.5 - chance
    const stays = 5000 + random() * 200_000
    rows.push(vital('cls', stays / 400_000, 'payment', paying + stays * random()))
    if (random() < chance)
      rows.push(
        enter(run, 'confirmation', paying + stays, { resource }),
        outcome(run, paying + stays, 'converted', { value: 40, currency: 'EUR' }),
      )
    else
      rows.push(span('throughline.step.leave', paying, { run, step: 'payment', resource, duration: stays }))
    return rows
  }).flat()
}

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
