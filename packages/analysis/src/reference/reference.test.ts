import { defineJourney } from '@throughline/core'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { analyse } from '../ask/analyse'
import { countFunnel } from '../ask/funnel-alone'
import { keepRuns } from '../ask/journey-scope'
import { rounded } from '../ask/rounded'
import { openReport } from '../ask/tables'
import type { Engine } from '../engine'
import type { SpanRow } from '../testing'
import { emptyTables, enter, openTestEngine, outcome, runId } from '../testing'
import { figuresOf, funnelIn } from './figures'
import type { Enter } from './order'
import { wayOfRun } from './order'
import type { Report } from './outcome'
import { lastWord } from './outcome'

// The SQL against the models of this folder, on random runs. Many runs go into one query, as a query costs more than
// a run.

const T = Date.UTC(2026, 10, 20, 12)
const MINUTE = 60_000
const WITHIN = 120 * MINUTE
const STEPS = ['product', 'cart', 'shipping', 'payment', 'confirmation']
/** Shipping is optional. */
const REQUIRED = [-1, 0, 1, 1, 3]
const RUNS = 4000

const hashes = new Map<string, string>()
let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
  // The engine decides between equal enters and facts by the hashes of their ids: so do the models here.
  const ids = Array.from({ length: 40 }, (_, index) => index.toString(16).padStart(32, '0'))
  const rows = await engine.query<{ id: string; hash: string }>(
    `SELECT arrayJoin({ids:Array(String)}) AS id, leftPad(toString(cityHash64(id)), 20, '0') AS hash`,
    { ids },
  )
  for (const { id, hash } of rows) hashes.set(id, hash)
})
afterAll(() => engine.close())
beforeEach(() => emptyTables(engine))

const idOf = (number: number) => number.toString(16).padStart(32, '0')
/** The parameters of the SQL that puts runs in order and folds them. */
const params = {
  journey: 'checkout',
  synthetic: 'exclude',
  versions: ['1'],
  listed: 1,
  steps: STEPS,
  previous: REQUIRED.map((before) => before + 1),
  required: 1,
  converts: 5,
  within: WITHIN,
  from: T - 864e5,
  since: T - 864e5,
  until: T + 864e5,
  last: T + 864e5,
  now: T + 864e5,
  asOf: T + 864e5,
  told: [],
}

/** Times repeat, and clocks jump back and forth. */
const moment = fc.integer({ min: -8, max: 16 }).map((tens) => T + tens * 10 * MINUTE)
const step = fc.nat({ max: STEPS.length - 1 })
const entered = fc.oneof(
  { weight: 4, arbitrary: fc.record({ step, time: moment, index: fc.integer({ min: 1, max: 6 }) }) },
  { weight: 2, arbitrary: fc.record({ step, time: moment }) },
  {
    weight: 1,
    arbitrary: fc.record({
      step,
      time: moment,
      isServer: fc.constant(true),
      after: fc.option(fc.integer({ min: 1, max: 7 }), { nil: undefined }),
    }),
  },
) as fc.Arbitrary<Omit<Enter, 'id'>>
/** Version 1, version 2, and both in one run. */
const enters = fc
  .tuple(fc.constantFrom('first', 'second', 'both'), fc.array(entered, { minLength: 1, maxLength: 10 }))
  .map(([versions, list]) =>
    list.map((one, number): Enter => {
      const { index, after, ...plain } = one
      const id = hashes.get(idOf(number))!
      if (versions === 'first') return { ...plain, id }
      if (versions === 'second' && !one.isServer) return { ...one, index: index ?? number + 1, id }
      return { ...one, id }
    }),
  )

/** What is sent of an enter; `event` is its id. */
const enterOf = (run: string, one: Enter, event: number) =>
  enter(run, STEPS[one.step]!, one.time, {
    source: one.isServer ? 'server' : 'browser',
    attributes: {
      'throughline.event.id': idOf(event),
      'throughline.visit.id': one.index || one.after ? idOf(event) : undefined,
      'throughline.visit.index': one.index,
      'throughline.visit.after': one.after,
    },
  })

it('reaches steps in the order of the run', async () => {
  const runs = fc.sample(enters, { numRuns: RUNS, seed: 11 })
  const rows = runs.flatMap((list, number) =>
    list.map((one, event) => enterOf(runId(T, `r${number}`), one, event)),
  )
  // Some arrive twice, and in any order.
  await engine.insert('otel_traces', [...rows, ...rows.filter((_, number) => number % 3 === 0)].reverse())
  const names = runs.map((_, number) => runId(T, `r${number}`))
  const ways = new Map(runs.map((list, number) => [names[number], wayOfRun(list, REQUIRED, WITHIN)]))
  // Where tables are kept, plain runs go a short way of their own; where they are not, all go the long one.
  for (const keeper of [engine.keeper, undefined]) {
    const report = await openReport({ ...engine, keeper })
    const scope = report.scope(params)
    await keepRuns(scope)
    const found = await engine.query<{ run_id: string; later: boolean; times: number[] }>(
      `SELECT run_id, later, times FROM ${scope.textOf('runs')}`,
      scope.params,
    )
    await report.close()
    for (const { run_id, later, times } of found) {
      const { later: late, times: reached } = ways.get(run_id)!
      expect(
        { later: Boolean(later), times: times.map((time) => time / 1000 || null) },
        JSON.stringify(runs[names.indexOf(run_id)], null, 1),
      ).toEqual({ later: late, times: reached })
    }
    expect(found).toHaveLength(RUNS)
  }
})

const report = fc.record({
  fact: fc.nat({ max: 2 }),
  outcome: fc.constantFrom('converted', 'failed', 'abandoned'),
  isServer: fc.boolean(),
  time: moment,
  at: fc.option(moment, { nil: undefined }),
  value: fc.option(fc.integer({ min: 1, max: 90 }), { nil: undefined }),
  // Version 1 named the fact; version 2 names it anew, and by its old name.
  version: fc.constantFrom(1, 2),
}) as fc.Arbitrary<Reported>

type Reported = Omit<Report, 'fact'> & { readonly fact: number; readonly version: number }

const outcomeOf = (run: string, one: Reported, sent: number) =>
  outcome(run, one.time, one.outcome, {
    source: one.isServer ? 'server' : 'browser',
    ...(one.value === undefined ? {} : { value: one.value, currency: 'EUR' }),
    attributes: {
      'throughline.event.id': one.version === 1 ? idOf(one.fact) : idOf(20 + sent),
      'throughline.event.legacy_id': one.version === 2 ? idOf(one.fact) : undefined,
      'throughline.run.outcome_at': one.at,
      'throughline.conversion.value': one.value,
    },
  })

it('takes the last word on an outcome, dated and worth what it should be', async () => {
  const runs = fc.sample(fc.array(report, { minLength: 1, maxLength: 6 }), { numRuns: RUNS, seed: 12 })
  const rows = runs.flatMap((list, number): SpanRow[] =>
    list.map((one, sent) => outcomeOf(runId(T, `r${number}`), one, sent)),
  )
  await engine.insert('otel_traces', [...rows, ...rows.filter((_, number) => number % 3 === 0)].reverse())
  const scope = (await openReport(engine)).scope(params)
  const found = await engine.query<{
    run_id: string
    word: string
    by_server: boolean
    at: number
    worth: { known: boolean; value: number }
  }>(
    `SELECT run_id, outcome AS word, by_server, if(by_server, confirmed_at, reported_at) AS at, worth.1 AS known, worth.2 AS value
    FROM ${scope.textOf('outcomes')}`,
    scope.params,
  )
  const byRun = new Map(
    found.map(({ run_id, ...row }) => [run_id, row as unknown as Record<string, number | string | boolean>]),
  )
  runs.forEach((list, number) => {
    const reports = list.map(
      ({ fact, version, ...one }) => ({ ...one, fact: hashes.get(idOf(fact))! }) as Report,
    )
    const expected = lastWord(reports)!
    const row = byRun.get(runId(T, `r${number}`))!
    const actual = {
      outcome: row.word,
      isServer: Boolean(row.by_server),
      convertedAt: row.at ? Number(row.at) / 1000 : null,
      value: row.known ? row.value : null,
    }
    expect(actual, JSON.stringify(list, null, 1)).toEqual(expected)
  })
})

it('counts what the model counts: every run in its column, with what it is worth', async () => {
  const checkout = defineJourney('checkout', {
    version: '1',
    steps: ['product', 'cart', { name: 'shipping', optional: true }, 'payment', 'confirmation'],
    converts: 'confirmation',
    within: WITHIN,
  })
  const reports: fc.Arbitrary<Reported[]> = fc.oneof(
    { weight: 2, arbitrary: fc.constant<Reported[]>([]) },
    { weight: 1, arbitrary: fc.array(report, { minLength: 1, maxLength: 3 }) },
  )
  const asOf = T + 100 * MINUTE
  for (const seed of [21, 22, 23, 24]) {
    const runs = fc.sample(fc.record({ enters, reports }), { numRuns: RUNS / 4, seed })
    const rows = runs.flatMap((run, number): SpanRow[] => {
      const name = runId(T + number, `r${number}`)
      return [
        ...run.enters.map((one, event) => enterOf(name, one, event)),
        ...run.reports.map((one, sent) => outcomeOf(name, one, sent)),
      ]
    })
    await emptyTables(engine)
    await engine.insert('otel_traces', [...rows, ...rows.filter((_, number) => number % 4 === 0)].reverse())
    const definitions = { journeys: [checkout], hypotheses: [] }
    const { journeys } = await analyse(engine, definitions, { now: new Date(asOf), until: new Date(asOf) })
    const alone = await countFunnel(engine, checkout, { now: new Date(asOf) })
    expect(journeys[0]).toMatchObject(rounded(alone))
    const told = runs.map((run) => ({
      enters: run.enters,
      reports: run.reports.map(
        ({ fact, version, ...one }) => ({ ...one, fact: hashes.get(idOf(fact))! }) as Report,
      ),
    }))
    expect(funnelIn(journeys[0]!)).toEqual(
      figuresOf(told, { required: REQUIRED, converts: 4, within: WITHIN, asOf }),
    )
  }
})
