import { defineHypothesis, defineJourney } from '@throughline/core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import { analyse } from './ask/analyse'
import type { Engine } from './engine'
import type { SpanRow } from './testing'
import { alias, emptyTables, enter, exposure, openTestEngine, outcome, runId, span } from './testing'

// What version 2 of the wire contract adds: visits with an identity, versions side by side, outcomes as facts, aliases.

const declare = (version: string) =>
  defineJourney('checkout', {
    version,
    steps: ['cart', 'payment', 'confirmation'],
    converts: 'confirmation',
    within: '2h',
  })
const checkout = declare('1')
const onePage = defineHypothesis('one-page', {
  statement: 'Payment on one page lets more people finish checkout',
  journey: checkout,
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: 0.1 },
})
const MINUTE = 60_000
const T = Date.UTC(2026, 10, 20, 12)
const now = new Date(T + 48 * 60 * MINUTE)

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
})
afterAll(() => engine.close())
beforeEach(() => emptyTables(engine))

async function reportOn(rows: readonly SpanRow[], journeys = [checkout], by: 'run' | 'subject' = 'run') {
  await engine.insert('otel_traces', rows)
  return analyse(engine, { journeys, hypotheses: [onePage] }, { now, by })
}

/** An enter of version 2: its visit is its event. */
const visit = (
  run: string,
  step: string,
  time: number,
  at: { id: string; index?: number; after?: number; attempt?: number; subject?: string },
) =>
  enter(run, step, time, {
    source: at.after === undefined ? 'browser' : 'server',
    attempt: at.attempt ?? 1,
    ...(at.subject === undefined ? {} : { subject: at.subject }),
    attributes: {
      'throughline.event.id': at.id,
      'throughline.visit.id': at.id,
      'throughline.visit.index': at.index,
      'throughline.visit.after': at.after,
      'throughline.subject.id': at.subject,
    },
  })

it('orders steps by their index when the clock jumps back', async () => {
  const run = runId(T, 'jump')
  const { journeys } = await reportOn([
    visit(run, 'cart', T, { id: 'a'.repeat(32), index: 1 }),
    visit(run, 'payment', T - 60 * MINUTE, { id: 'b'.repeat(32), index: 2 }),
    visit(run, 'confirmation', T - 59 * MINUTE, { id: 'c'.repeat(32), index: 3 }),
  ])
  expect(journeys[0]!.steps.map((step) => step.reached)).toEqual([1, 1, 1])
})

it('shows two versions of a journey beside each other, and names those that are not declared', async () => {
  const versions = ['1', '1', '2', ...Array.from({ length: 10 }, (_, index) => `0.${index}`)]
  const { journeys, trust } = await reportOn(
    versions.map((version, index) => enter(runId(T, `v${index}`), 'cart', T, { version })),
    [checkout, declare('2')],
  )
  expect(journeys.map(({ version, runs }) => [version, runs])).toEqual([
    ['1', 2],
    ['2', 1],
  ])
  expect(trust.notes.map(({ text }) => text)).toContain(
    '10 runs of checkout are not of the versions 1, 2 and are left out. Runs by version: 0.0 (1), 0.1 (1), 0.2 (1), 0.3 (1), 0.4 (1), 0.5 (1), 0.6 (1), 0.7 (1), 2 more.',
  )
})

it('puts errors and calls on the visit that they name, else on the one with their step and attempt, else on none', async () => {
  const run = runId(T, 'joins')
  const torn = runId(T, 'torn')
  const failed = { 'exception.type': 'TypeError', 'throughline.error.fingerprint': 'f1' }
  const named = (id: string) => ({ ...failed, 'throughline.visit.id': id })
  const rows = [
    visit(run, 'cart', T, { id: '1'.repeat(32), index: 1 }),
    // The server's own visit of the same step and attempt is none of the browser's.
    visit(run, 'payment', T + MINUTE - 1000, { id: '2'.repeat(32), after: 1 }),
    visit(run, 'payment', T + MINUTE, { id: '3'.repeat(32), index: 2 }),
    span('exception', T + MINUTE + 1, { run, step: 'payment', attributes: failed }),
    span('exception', T + MINUTE + 2, { run, step: 'payment', attributes: named('3'.repeat(32)) }),
    // Two tabs entered the same step for the first time: a span of version 1 could be of either.
    visit(torn, 'cart', T, { id: '4'.repeat(32), index: 1 }),
    visit(torn, 'cart', T + 1, { id: '5'.repeat(32), index: 1 }),
    span('exception', T + 2, { run: torn, step: 'cart', attributes: failed }),
  ]
  const { journeys, trust } = await reportOn(rows)
  expect(journeys[0]!.errors[0]).toMatchObject({ occurrences: 3, runs: 2 })
  expect(journeys[0]!.steps[1]!.attempts.mean).toBe(2)
  expect(trust.notes.map(({ text }) => text)).toContain(
    '1 spans of checkout name no visit, and not exactly one visit of their run fits; they are on no visit.',
  )
})

it('takes a first interaction of either version, the earliest of a visit', async () => {
  const [first, second] = [runId(T, 'one'), runId(T, 'two')]
  const rows = [
    visit(first, 'cart', T, { id: '1'.repeat(32), index: 1 }),
    ...[40, 300].map((value, index) =>
      span('throughline.first_interaction', T + index, {
        run: first,
        step: 'cart',
        attributes: {
          'throughline.visit.id': '1'.repeat(32),
          'throughline.first_interaction.duration_ms': value,
        },
      }),
    ),
    enter(second, 'cart', T),
    span('browser.web_vital', T, {
      run: second,
      step: 'cart',
      attributes: {
        'browser.web_vital.name': 'first-interaction',
        'browser.web_vital.value': 900,
        'browser.web_vital.id': 'v',
      },
    }),
  ]
  const { journeys } = await reportOn(rows)
  const found = journeys[0]!.latency.find(({ measure }) => measure === 'first-interaction')!
  expect(found.buckets.map(({ visits }) => visits)).toEqual([1, 0, 0, 1])
})

it('takes a decline, a conversion and a chargeback by their dates', async () => {
  const path = (name: string) =>
    ['cart', 'payment'].map((step, index) => enter(runId(T, name), step, T + index * MINUTE))
  const say = (name: string, minute: number, what: 'converted' | 'failed', at?: number) =>
    outcome(runId(T, name), T + minute * MINUTE, what, {
      source: 'server',
      value: 40,
      currency: 'EUR',
      attributes: { 'throughline.run.outcome_at': at === undefined ? undefined : T + at * MINUTE },
    })
  const { journeys } = await reportOn([
    ...path('recovers'),
    say('recovers', 5, 'converted'),
    say('recovers', 4, 'failed'),
    // Delivered again, by a provider that says when it was.
    ...path('again'),
    say('again', 5, 'converted'),
    say('again', 9, 'failed', 3),
    ...path('charged back'),
    say('charged back', 5, 'converted'),
    say('charged back', 60 * 24, 'failed'),
    ...path('browser'),
    outcome(runId(T, 'browser'), T + MINUTE, 'failed'),
    outcome(runId(T, 'browser'), T + 2 * MINUTE, 'converted', { value: 2, currency: 'EUR' }),
  ])
  expect(journeys[0]).toMatchObject({ conversions: 3, value: [{ currency: 'EUR', amount: 82 }] })
})

it('makes one subject of two names, by the first alias, and of no more', async () => {
  const session = { resource: { 'session.id': 's1' } }
  const convert = (name: string, subject: string, variant?: string) => {
    const run = runId(T, name)
    return [
      ...['cart', 'payment', 'confirmation'].map((step, index) =>
        enter(run, step, T + index * MINUTE, { subject, ...session }),
      ),
      ...(variant ? [exposure(run, variant, T, subject)] : []),
    ]
  }
  const run = runId(T, 'logs in')
  const { hypotheses, trust, journeys } = await reportOn(
    [
      // Logs in in mid-run: one subject, exposed before, converted after.
      enter(run, 'cart', T, { subject: 'anonymous-1' }),
      exposure(run, 'control', T, 'anonymous-1'),
      alias(run, 'anonymous-1', 'anna', T + 1),
      enter(run, 'payment', T + MINUTE, { subject: 'anna' }),
      enter(run, 'confirmation', T + 2 * MINUTE, { subject: 'anna' }),
      exposure(run, 'control', T + MINUTE, 'anna'),
      // A shared device: the first keeps the anonymous name.
      ...convert('shared', 'anonymous-2', 'one-page'),
      alias(runId(T, 'elsewhere'), 'anonymous-2', 'ben', T + 10, session),
      alias(runId(T, 'shared'), 'anonymous-2', 'carla', T + 20),
      ...convert('carla', 'carla', 'one-page'),
      // Known subjects are never merged, and nothing over two hops.
      alias(runId(T, 'carla'), 'carla', 'dora', T + 30),
      // A page that never saw the anonymous subject.
      alias(runId(T, 'forger'), 'anonymous-1', 'eve', T - 1000),
      // Two variants under two names.
      ...convert('torn', 'anonymous-3', 'control'),
      ...convert('torn too', 'fred', 'one-page'),
      alias(runId(T, 'any'), 'anonymous-3', 'fred', T + 40, { source: 'server' }),
    ],
    [checkout],
    'subject',
  )
  expect(hypotheses[0]!.variants.map(({ subjects, conversions }) => [subjects, conversions])).toEqual([
    [1, 1],
    [2, 2],
  ])
  expect(hypotheses[0]!.leftOut).toMatchObject({ multipleVariants: 1, underTwoNames: 1 })
  // anna, ben, carla and fred.
  expect(journeys[0]).toMatchObject({ runs: 4, conversions: 4 })
  const notes = trust.notes.map(({ text }) => text).filter((text) => text.includes('alias'))
  expect(notes).toEqual([
    '1 aliases are left out: a browser sent them for an anonymous subject that its run and session had not seen.',
    '1 aliases are left out: their anonymous subject had become another known subject before.',
    '1 aliases are left out: they would merge two known subjects.',
  ])
})
