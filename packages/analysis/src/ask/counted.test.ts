import { defineHypothesis, defineJourney } from '@throughline/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../engine'
import type { SpanRow } from '../testing'
import { emptyTables, enter, exposure, openTestEngine, outcome, runId, span } from '../testing'
import type { AnalyseOptions } from './analyse'
import { analyse } from './analyse'

// What is counted: one test for each way in which a run used to vanish, or to stand in the wrong column.

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const T = Date.UTC(2026, 10, 20, 12)
const now = new Date(T + 2 * DAY)
const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['product', 'cart', { name: 'shipping', optional: true }, 'payment', 'confirmation'],
  converts: 'confirmation',
  within: '2h',
})

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
})
afterAll(() => engine.close())
beforeEach(() => emptyTables(engine))

const eventId = (text: string) => Buffer.from(text.padEnd(16, '.')).toString('hex').slice(0, 32)

/**
 * One visit after the other as version 2 sends them: with an identity and a place in the run. Times in ms after `T`.
 */
function visits(name: string, path: readonly (readonly [string, number])[], subject?: string): SpanRow[] {
  return path.map(([step, time], index) => {
    const id = eventId(`${name} ${index}`)
    const attributes = {
      'throughline.event.id': id,
      'throughline.visit.id': id,
      'throughline.visit.index': index + 1,
    }
    return enter(runId(T, name), step, T + time, { attributes, ...(subject ? { subject } : {}) })
  })
}

const ALL = [
  ['product', 0],
  ['cart', 1000],
  ['payment', 2000],
  ['confirmation', 3000],
] as const

async function found(rows: readonly SpanRow[], options: AnalyseOptions = {}, journey = checkout) {
  await engine.insert('otel_traces', rows)
  const result = await analyse(engine, { journeys: [journey], hypotheses: [] }, { now, ...options })
  const [one] = result.journeys
  const notes = result.trust.notes.map(({ text }) => text).join('\n')
  return { ...one!, reached: one!.steps.map(({ reached }) => reached), notes, result }
}

/** Every run is in one column. */
const columns = (journey: Awaited<ReturnType<typeof found>>) =>
  journey.conversions -
  journey.beganLater.conversions +
  journey.beganLater.runs +
  journey.stillGoing +
  journey.steps.reduce((sum, step) => sum + step.droppedOff, 0)

it('takes a conversion that the browser reports, without an enter of the converting step', async () => {
  const short = defineJourney('checkout', {
    version: '1',
    steps: ['cart', 'payment', 'confirmation'],
    converts: 'confirmation',
  })
  const rows = [0, 1, 2, 3, 4].flatMap((number) => [
    ...visits(`r${number}`, [
      ['cart', 0],
      ['payment', 1000],
    ]),
    outcome(runId(T, `r${number}`), T + 2000, 'converted', { value: 40, currency: 'EUR' }),
  ])
  const journey = await found(rows, {}, short as never)
  expect(journey).toMatchObject({ runs: 5, conversions: 5, value: [{ currency: 'EUR', amount: 200 }] })
  expect(journey.reached).toEqual([5, 5, 5])
})

describe('a clock that jumps', () => {
  it('changes no order, and is counted', async () => {
    const journey = await found([
      ...visits('back', [
        ['product', 0],
        ['cart', -HOUR + 20_000],
        ['payment', -HOUR + 40_000],
        ['confirmation', -HOUR + 60_000],
      ]),
      // A correction of five seconds.
      ...visits('little', [
        ['product', 0],
        ['cart', -4000],
        ['payment', 10_000],
        ['confirmation', 20_000],
      ]),
      ...visits('steady', ALL),
    ])
    expect(journey.reached).toEqual([3, 3, 0, 3, 3])
    expect(journey.result.trust.jumpedRuns).toBe(2)
    expect(journey.notes).toContain("In 2 runs the device's clock went back")
  })

  it.each([2, 20, 48])('counts a run whose clock is %i h ahead', async (hours) => {
    const ahead = now.getTime() - T + hours * HOUR
    const id = runId(T + ahead, 'ahead')
    const journey = await found(ALL.map(([step, time]) => enter(id, step, T + ahead + time)))
    expect(journey).toMatchObject({ runs: 1, conversions: 1 })
    expect(journey.result.trust.runsAhead).toBe(1)
    expect(journey.notes).toContain('1 run began in the future')
  })
})

it('puts runs that began at a later step into a column of their own, with what they are worth', async () => {
  const journey = await found([
    ...visits('whole', ALL),
    outcome(runId(T, 'whole'), T + 3000, 'converted', { value: 40, currency: 'EUR' }),
    ...visits('later', ALL.slice(1)),
    outcome(runId(T, 'later'), T + 3000, 'converted', { value: 7, currency: 'EUR' }),
    ...visits('lost', ALL.slice(1, 2)),
    ...visits('left', ALL.slice(0, 1)),
  ])
  expect(journey).toMatchObject({
    runs: 4,
    conversions: 2,
    value: [{ currency: 'EUR', amount: 47 }],
    beganLater: { runs: 2, conversions: 1, stillGoing: 0, value: [{ currency: 'EUR', amount: 7 }] },
  })
  expect(journey.reached).toEqual([2, 1, 0, 1, 1])
  expect(columns(journey)).toBe(4)
})

it('does not count as left who may still go on', async () => {
  const day = defineJourney('checkout', { ...checkout, within: '1d', converts: 'confirmation' } as never)
  const rows = Array.from({ length: 100 }, (_, number) =>
    visits(`r${number}`, number % 2 ? ALL : ALL.slice(0, 2)).map((row) => row),
  )
  const young = Array.from({ length: 40 }, (_, number) =>
    enter(runId(now.getTime() - 10 * MINUTE, `y${number}`), 'product', now.getTime() - 10 * MINUTE),
  )
  const failed = [
    enter(runId(now.getTime() - 10 * MINUTE, 'failed'), 'product', now.getTime() - 10 * MINUTE),
    outcome(runId(now.getTime() - 10 * MINUTE, 'failed'), now.getTime() - 9 * MINUTE, 'failed'),
  ]
  const journey = await found([...rows.flat(), ...young, ...failed], {}, day as never)
  expect(journey).toMatchObject({ runs: 141, conversions: 50, stillGoing: 40 })
  expect(journey.steps[0]).toMatchObject({ droppedOff: 1, stillGoing: 40 })
  expect(journey.finishedRate!.value).toBeCloseTo(50 / 101, 9)
  expect(columns(journey)).toBe(141)
})

it('says from the visits that follow how one ended whose leave was lost', async () => {
  const journey = await found([
    ...visits('back', [
      ['product', 0],
      ['cart', 1000],
      ['product', 2000],
      ['cart', 3000],
      ['payment', 4000],
    ]),
    span('throughline.run.end', T + 5000, {
      run: runId(T, 'back'),
      step: 'payment',
      attributes: { 'throughline.run.outcome': 'failed', 'throughline.visit.id': eventId('back 4') },
    }),
  ])
  expect(journey.steps.map(({ attempts }) => [attempts.returned, attempts.failed])).toEqual([
    [0, 0],
    [1, 0],
    [0, 0],
    [0, 1],
    [0, 0],
  ])
})

it('counts every version of the journey for a hypothesis', async () => {
  const onePage = defineHypothesis('one-page', {
    statement: 'One page converts more',
    journey: checkout,
    variants: ['control', 'one-page'],
    expect: { metric: 'conversion', absolute: 0.1 },
  })
  const people = Array.from({ length: 400 }, (_, number) => {
    const variant = number % 2 ? 'one-page' : 'control'
    const converts = Math.floor(number / 4) % 10 < (number % 2 ? 4 : 3)
    const run = runId(T, `p${number}`)
    const version = number % 4 < 2 ? '1' : '2'
    return [
      ...ALL.slice(0, converts ? 4 : 2).map(([step, time]) =>
        enter(run, step, T + time, { version, subject: `s${number}` }),
      ),
      exposure(run, variant, T + 500, `s${number}`),
    ]
  })
  await engine.insert('otel_traces', people.flat())
  const { hypotheses } = await analyse(engine, { journeys: [checkout], hypotheses: [onePage] }, { now })
  expect(hypotheses[0]!.variants).toMatchObject([
    { subjects: 200, conversions: 60 },
    { subjects: 200, conversions: 80 },
  ])
  expect(hypotheses[0]!.comparisons[0]!.absolute.fixed.value).toBeCloseTo(0.1, 9)
})

it('names what arrived under another name', async () => {
  const { notes } = await found([
    enter(runId(T, 'a'), 'start', T, { journey: 'signup' }),
    enter(runId(T, 'b'), 'start', T, { journey: 'signup' }),
    enter(runId(T, 'c'), 'basket', T),
    enter(runId(T, 'd'), 'product', T, { version: '7' }),
  ])
  expect(notes).toContain('2 runs of `signup` arrived, which is not declared; you declare checkout.')
  expect(notes).toContain('entered a step `basket`, which is not declared')
  expect(notes).toContain('1 run of checkout are not of version 1 and are left out. Runs by version: 7 (1).')
})

it('follows a subject through all runs, within the window of the first, and adds up all that they are worth', async () => {
  const second = runId(T + HOUR, 'second')
  const third = runId(T + 5 * HOUR, 'third')
  const journey = await found(
    [
      ...visits('first', ALL.slice(0, 2), 'anna'),
      ...ALL.slice(2).map(([step, time]) => enter(second, step, T + HOUR + time, { subject: 'anna' })),
      outcome(second, T + HOUR + 3000, 'converted', { value: 40, currency: 'EUR' }),
      ...ALL.map(([step, time]) => enter(third, step, T + 5 * HOUR + time, { subject: 'anna' })),
      outcome(third, T + 5 * HOUR + 3000, 'converted', { value: 2, currency: 'EUR' }),
    ],
    { by: 'subject' },
  )
  expect(journey).toMatchObject({ runs: 1, conversions: 1, value: [{ currency: 'EUR', amount: 42 }] })
  expect(journey.reached).toEqual([1, 1, 0, 1, 1])
})

it('begins with the first run of a declared journey', async () => {
  const { result } = await found([
    enter(runId(T - 30 * DAY, 'other'), 'start', T - 30 * DAY, { journey: 'other' }),
    ...visits('own', ALL),
  ])
  expect(result.since).toBe(new Date(T).toISOString())
})

it('counts events outside of any run as stored, and takes them for nothing else', async () => {
  const outside = (name: string, seq: number) =>
    span(name, T, {
      run: '',
      attributes: { 'throughline.page.id': 'p', 'throughline.event.seq': seq, 'exception.type': 'Error' },
    })
  const { result, runs } = await found([
    outside('exception', 1),
    outside('throughline.step.enter', 2),
    span('throughline.delivery', T, {
      run: '',
      attributes: { 'throughline.page.id': 'p', 'throughline.delivery.emitted': 2 },
    }),
  ])
  expect(result.trust.delivery).toMatchObject({ emitted: 2, delivered: 2, pending: 0, unaccounted: 0 })
  expect(runs).toBe(0)
  const [errors] = await engine.query<{ rows: number }>('SELECT count() AS rows FROM throughline_errors')
  expect(Number(errors!.rows)).toBe(0)
})

it('accounts for all events of a page in five figures', async () => {
  const event = (page: string, seq: number) =>
    enter(runId(T, page), 'product', T + seq, {
      attributes: { 'throughline.page.id': page, 'throughline.event.seq': seq },
    })
  const account = (page: string, counts: Record<string, number>) =>
    span('throughline.delivery', T, {
      run: '',
      attributes: {
        'throughline.page.id': page,
        ...Object.fromEntries(
          Object.entries(counts).map(([key, value]) => [`throughline.delivery.${key}`, value]),
        ),
      },
    })
  const { result, notes } = await found([
    // Everything arrived, though its last account was given before that.
    ...[1, 2, 3, 4, 5, 6, 7].map((seq) => event('whole', seq)),
    account('whole', { emitted: 7, delivered: 1, pending: 6 }),
    // Killed: no account, and three of its events are missing.
    event('killed', 1),
    event('killed', 5),
    // One refused, two dropped, one on the way.
    ...[1, 2].map((seq) => event('partly', seq)),
    account('partly', { emitted: 6, delivered: 2, refused: 1, dropped: 2, pending: 1 }),
  ])
  const { delivery } = result.trust
  expect(delivery).toEqual({
    pages: 3,
    emitted: 18,
    delivered: 11,
    refused: 1,
    dropped: 2,
    pending: 1,
    unaccounted: 3,
    recovered: 0,
    withoutAccount: 1,
    refusedFor: [],
    errorsIgnored: 0,
  })
  expect(notes).toContain('3 of 18 events (16.7 %) are missing from 1 page')
})
