import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { AnalyseOptions, Engine, Estimate, Result } from '@throughline/analysis'
import { analyse, openEngine } from '@throughline/analysis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { hypotheses, journeys } from '../examples/shop/journeys.ts'
import type { Truth } from '../examples/shop/visitors/expected.ts'
import { markRequest } from '../packages/analysis/src/commands/mark.ts'
import type { Service } from '../scripts/processes.ts'
import { buildShop, shopFolder, startDev, startShop } from '../scripts/shop.ts'
import type { Fortnight } from './fourteen-days.ts'
import { GOOD_RELEASE, SLOW_RELEASE, spreadOverDays } from './fourteen-days.ts'

// Thousands of simulated visitors go through the real packages over real HTTP. What is true about them is computed from
// their rules (examples/shop/visitors/expected.ts), and has to lie inside the intervals that the report prints.

const data = mkdtempSync(join(tmpdir(), 'throughline-truth-'))
const services: Service[] = []
let truth: Truth
let result: Result
let plain: Plain
let plainTwice: Plain

/** What the queries of docs/backends/clickhouse.md answer, which know nothing but the exporter's own table. */
async function askPlainly(engine: Engine, table = 'otel_traces') {
  const page = readFileSync(new URL('../docs/backends/clickhouse.md', import.meta.url), 'utf8')
  const [funnel, slow, errors] = [...page.matchAll(/```sql\n([^`]*)```/g)].map(([, sql]) =>
    sql!.replaceAll('FROM otel_traces', `FROM ${table}`),
  )
  return {
    funnel: await engine.query<{ step: string; runs: number }>(funnel!),
    slow: await engine.query<{ slow: number; visits: number; conversions: number }>(slow!),
    errors: await engine.query<{
      error: string
      step: string
      variant: string
      runs: number
      conversions: number
    }>(errors!),
  }
}
type Plain = Awaited<ReturnType<typeof askPlainly>>

beforeAll(async () => {
  await buildShop()
  const dev = await startDev({ port: 0, data })
  services.push(dev)
  const shop = await startShop({ otlp: dev.url, port: 0 })
  services.push(shop)
  const file = join(data, 'truth.json')
  const visitors = spawn(
    process.execPath,
    ['visitors/main.ts', '--shop', shop.url, '--otlp', dev.url, '--truth', file],
    { cwd: shopFolder, stdio: ['ignore', 'ignore', 'inherit'] },
  )
  const [code] = await once(visitors, 'exit')
  expect(code).toBe(0)
  // Stopping the shop sends what its servers still hold.
  await services.pop()!.stop()
  truth = JSON.parse(readFileSync(file, 'utf8'))
  const engine = await openEngine({ folder: data })
  // Judged as of when nobody who was here can still convert.
  const until = new Date(Date.now() + 2 * journeys[0]!.within)
  result = await analyse(engine, { journeys, hypotheses }, { until })
  plain = await askPlainly(engine)
  plainTwice = await askPlainly(engine, '(SELECT * FROM otel_traces UNION ALL SELECT * FROM otel_traces)')
  await engine.close()
})

afterAll(async () => {
  for (const service of services.reverse()) await service.stop()
  rmSync(data, { recursive: true, force: true })
})

const holds = (estimate: Estimate, value: number) => {
  expect(estimate.low).toBeLessThanOrEqual(value)
  expect(estimate.high).toBeGreaterThanOrEqual(value)
}

describe('the report on visitors whose truth is known', () => {
  it('counts every visitor at every step, and every conversion, exactly', () => {
    const [checkout] = result.journeys
    expect(checkout).toMatchObject({ runs: truth.visitors, conversions: truth.conversions })
    for (const { name, reached } of checkout!.steps)
      expect({ name, reached }).toEqual({ name, reached: truth.reached[name as keyof Truth['reached']] })
  })

  it('prints intervals of conversion that hold the probabilities', () => {
    const [checkout] = result.journeys
    holds(checkout!.rate, truth.rates.conversion)
    for (const { name, fromStart } of checkout!.steps.slice(1))
      holds(fromStart, truth.rates.fromStart[name as keyof Truth['reached']])
  })

  it('finds what the errors cost, and how many recovered', () => {
    const errors = result.journeys[0]!.errors
    const postcode = errors.find(({ steps }) => steps.includes('shipping'))!
    holds(postcode.lost, truth.lost['postcode-error'])
    expect(postcode.runs).toBe(truth.met['postcode-error'].runs)
    expect(postcode.converted).toBe(truth.met['postcode-error'].converted)
    const failing = result.journeys[0]!.endpoints.find(
      ({ kind, key, service }) =>
        kind === 'failing-endpoint' && service === 'shop' && key.includes('/api/orders'),
    )!
    holds(failing.lost, truth.lost['charge-error'])
  })

  it('finds what slow steps cost, and that the speed of the cart costs nothing', () => {
    const latency = (step: string) =>
      result.journeys[0]!.latency.find((measured) => measured.step === step && measured.measure === 'ready')!
    holds(latency('product').lost!, truth.lost['slow-product'])
    holds(latency('payment').lost!, truth.lost['slow-payment'])
    holds(latency('cart').adjusted!, 1)
  })

  it('compares the variants without bias, and splits them as declared', () => {
    const [hypothesis] = result.hypotheses
    expect(hypothesis!.sampleRatio.ok).toBe(true)
    for (const { variant, subjects, conversions, rate } of hypothesis!.variants) {
      const known = truth.exposed[variant as keyof Truth['exposed']]
      expect({ variant, subjects, conversions }).toEqual({ variant, ...known })
      holds(rate, truth.rates.variant[variant as keyof Truth['exposed']])
    }
    const { control, 'one-page': onePage } = truth.rates.variant
    const [comparison] = hypothesis!.comparisons
    holds(comparison!.relative.fixed, onePage / control - 1)
    holds(comparison!.relative.sequential, onePage / control - 1)
  })
})

describe('the exporter’s own table, asked as docs/backends/clickhouse.md says', () => {
  it('tells where people leave', () => {
    const reached = result.journeys[0]!.steps.map(({ name, reached }) => ({ step: name, runs: reached }))
    expect(plain.funnel).toEqual(reached)
  })

  it('tells whether a slow step goes with fewer conversions', () => {
    const ready = result.journeys[0]!.latency.find(
      ({ step, measure }) => step === 'payment' && measure === 'ready',
    )!
    const sums = [false, true].map((slow) => {
      const buckets = ready.buckets.filter((bucket) => bucket.slow === slow && bucket.from !== null)
      const sum = (of: 'visits' | 'conversions') => buckets.reduce((total, bucket) => total + bucket[of], 0)
      return { slow: Number(slow), visits: sum('visits'), conversions: sum('conversions') }
    })
    expect(plain.slow.map(({ slow, visits, conversions }) => ({ slow, visits, conversions }))).toEqual(sums)
  })

  it('tells which errors were met, by step and variant', () => {
    const { errors } = result.journeys[0]!
    expect(errors.length).toBeGreaterThan(0)
    for (const { key, runs, converted } of errors) {
      const rows = plain.errors.filter(({ error }) => error === key)
      const sum = (of: 'runs' | 'conversions') => rows.reduce((total, row) => total + row[of], 0)
      expect({ runs: sum('runs'), converted: sum('conversions') }).toEqual({ runs, converted })
    }
  })

  it('is not misled by what is stored twice', () => {
    expect(plainTwice).toEqual(plain)
  })
})

// Last, since it moves what is stored.
describe('the same visitors, moved to fourteen days', () => {
  const DAY = 864e5
  let days: Fortnight
  let engine: Engine
  const ask = (options: AnalyseOptions): Promise<Result> =>
    analyse(
      engine,
      { journeys, hypotheses },
      { since: new Date(days.start), until: new Date(days.end), ...options },
    )

  beforeAll(async () => {
    // The folder is needed here: `dev` answers questions, but nobody's commands.
    await services.pop()!.stop()
    const dev = await openEngine({ folder: data })
    days = await spreadOverDays(dev, Math.floor(Date.now() / DAY) * DAY - 15 * DAY)
    await dev.close()
    const again = await startDev({ port: 0, data })
    services.push(again)
    const { from, to } = days.incident
    const response = await fetch(`${again.url}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(markRequest('incident', 'card provider down', new Date(from), new Date(to))),
    })
    expect(response.status).toBe(200)
    engine = await openEngine({ folder: data })
  })
  afterAll(() => engine.close())

  it('finds the two days on which a release slowed payment, by day', async () => {
    const { journeys: found, marks } = await ask({ every: 'day' })
    const trend = found[0]!.trend!
    expect(trend).toHaveLength(14)
    // On a busy machine everybody waits longer, so days are compared with each other.
    const ready = trend.map(({ steps }) => steps.find(({ name }) => name === 'payment')!.ready!)
    const others = ready.filter((_, day) => !days.slowDays.includes(day))
    for (const day of days.slowDays)
      for (const other of others) expect(ready[day]!.low).toBeGreaterThan(other.value)
    const seen = marks.find(({ kind, label }) => kind === 'release' && label === SLOW_RELEASE)
    expect(Math.floor((Date.parse(seen!.at) - days.start) / DAY)).toBe(days.slowDays[0])
    expect(trend.reduce((sum, { runs }) => sum + runs, 0)).toBe(found[0]!.runs)
  })

  it('says what the release changed, against the one before and against another time', async () => {
    const { journeys: found } = await ask({ where: [`release=${SLOW_RELEASE}`], against: GOOD_RELEASE })
    const change = found[0]!.change!
    holds(change.rate!.difference, days.chances.slow - days.chances.good)
    expect(change.rate!.difference.high).toBeLessThan(0)
    const payment = change.ready.find(({ step }) => step === 'payment')!
    expect(payment.change.difference.low).toBeGreaterThan(500)
    // The release was there on the two days alone, so those days against the two before say the same.
    const [first] = days.slowDays
    const at = (day: number) => new Date(days.start + day * DAY)
    const { journeys: later } = await ask({ since: at(first!), until: at(first! + 2), against: 'previous' })
    const ready = later[0]!.change!.ready.find(({ step }) => step === 'payment')!
    expect(ready.change.difference.low).toBeGreaterThan(500)
    holds(later[0]!.change!.rate!.difference, days.chances.slow - days.chances.good)
    const came = later[0]!.change!.perDay!
    holds(came.difference, days.perDay.slow - days.perDay.good)
    holds(came.difference, 0)
  })

  it('finds the browser that alone has an error', async () => {
    const { journeys: found } = await ask({ breakdown: 'browser' })
    const [journey] = found
    const errors = new Map(journey!.breakdown!.parts.map(({ label, errorRuns }) => [label, errorRuns]))
    const postcode = journey!.errors.find(({ steps }) => steps.includes('shipping'))!
    expect(postcode.runs).toBeGreaterThan(100)
    expect(Object.fromEntries(errors)).toEqual({ Chrome: 0, Firefox: 0, Safari: postcode.runs })
    const { journeys: others } = await ask({ where: ['browser=Chrome', 'browser=Firefox'] })
    expect(others[0]!.errors).toEqual([])
    // What the release and the error cost stands in one list, with the slow step.
    const kinds = new Set(journey!.ranking.problems.filter(({ certain }) => certain).map(({ kind }) => kind))
    expect([...kinds].sort()).toEqual(expect.arrayContaining(['error', 'slow-step']))
  })

  it('says what an incident cost, those who never came included', async () => {
    const { journeys: found } = await ask({})
    const [incident] = found[0]!.incidents
    expect(incident).toMatchObject({ mark: { label: 'card provider down' }, hours: 4 })
    holds(incident!.conversions.missing, days.missing.conversions)
    expect(incident!.conversions).toMatchObject({ observed: 0 })
    expect(incident!.conversions.missing.low).toBeGreaterThan(0)
    holds(incident!.runs.missing, days.missing.runs)
    expect(incident!.runs.missing.low).toBeGreaterThan(0)
  })
})
