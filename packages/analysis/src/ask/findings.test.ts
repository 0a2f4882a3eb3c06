import { defineHypothesis, defineJourney } from '@throughline/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { Engine } from '../engine'
import type { FindingKind, Result } from '../result'
import type { SpanRow } from '../testing'
import {
  alias,
  asVersion2,
  emptyTables,
  enter,
  exposure,
  openTestEngine,
  outcome,
  runId,
  span,
} from '../testing'
import { analyse } from './analyse'

const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'confirmation'],
  converts: 'confirmation',
  within: '1h',
})
const onePage = defineHypothesis('one-page', {
  statement: 'One page converts more',
  journey: checkout,
  from: 'payment',
  variants: ['control', 'one'],
  expect: { metric: 'conversion', relative: 0.1 },
})
const definitions = { journeys: [checkout], hypotheses: [onePage] }
const HOUR = 3_600_000
const T = Date.UTC(2026, 10, 20, 12)
const now = new Date(T + 240 * HOUR)

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
})
afterAll(() => engine.close())

const browserOf = (name: string) => ({
  'telemetry.sdk.language': 'webjs',
  'user_agent.name': name,
  'user_agent.version': '126',
})

interface Shopper {
  readonly name: string
  readonly browser?: string
  readonly variant?: string
  /** Numbers of its page that are lost on the way. */
  readonly lost?: readonly number[]
}

/**
 * A shopper who converts: five numbered events of one page, its account, and the server's confirmation, with a request
 * on both sides so that clocks can be compared.
 */
function shopper({ name, browser = 'Chrome', variant = 'control', lost = [] }: Shopper): SpanRow[] {
  const run = runId(T, name)
  const resource = browserOf(browser)
  const events = (seq: number) => ({
    'throughline.page.id': `page-${name}`,
    'throughline.event.seq': seq,
    'throughline.hypothesis.one-page': variant,
  })
  const numbered = [
    enter(run, 'cart', T, { resource, subject: name, attributes: events(1) }),
    span('throughline.step.leave', T, { run, step: 'cart', resource, duration: 900, attributes: events(2) }),
    enter(run, 'payment', T + 1000, { resource, subject: name, attributes: events(3) }),
    span('throughline.exposure', T + 1001, {
      run,
      step: 'payment',
      resource,
      attributes: {
        ...events(4),
        'throughline.exposure.hypothesis': 'one-page',
        'throughline.exposure.variant': variant,
        'throughline.subject.id': name,
      },
    }),
    enter(run, 'confirmation', T + 2000, { resource, subject: name, attributes: events(5) }),
  ]
  const account = span('throughline.delivery', T + 3000, {
    run: '',
    journey: '',
    attributes: {
      'throughline.page.id': `page-${name}`,
      'throughline.delivery.emitted': 5,
      'throughline.delivery.delivered': 5 - lost.length,
      'throughline.delivery.dropped': lost.length,
    },
  })
  const request = {
    run,
    step: 'payment',
    trace: 'a'.repeat(24) + name.padStart(8, '0').slice(-8),
    duration: 100,
  }
  const calls = [
    span('POST /orders', T + 1500, { ...request, resource, kind: 'Client', span: 'b'.repeat(16) }),
    span('POST /orders', T + 1500, { ...request, kind: 'Server', parent: 'b'.repeat(16), resource: {} }),
  ]
  return [...numbered.filter((_, at) => !lost.includes(at + 1)), account, ...calls]
}

const many = (count: number, one: (at: number) => SpanRow[]) =>
  Array.from({ length: count }, (_, at) => one(at)).flat()
const shoppers = (count: number, prefix: string, more: (at: number) => Partial<Shopper> = () => ({})) =>
  many(count, (at) => shopper({ name: `${prefix}${at}`, variant: at % 2 ? 'one' : 'control', ...more(at) }))

async function findings(rows: readonly SpanRow[], options = {}): Promise<Result['trust']['notes']> {
  await emptyTables(engine)
  await engine.insert('otel_traces', asVersion2(rows, ['cart', 'payment', 'confirmation']))
  return (await analyse(engine, definitions, { now, parts: ['hypotheses'], ...options })).trust.notes
}

it('finds nothing in clean data', async () => {
  expect(await findings(shoppers(60, 'clean'))).toEqual([])
}, 120_000)

describe('finds in data with many faults', () => {
  let notes: Result['trust']['notes']
  const rows = [
    // Firefox loses the payment step, and so does the variant `one`.
    ...shoppers(60, 'chrome'),
    ...shoppers(40, 'fox', () => ({ browser: 'Firefox', variant: 'one', lost: [3, 4] })),
    ...many(3, (at) => {
      const [first] = shopper({ name: `twice${at}` })
      return [first!, first!]
    }),
    ...many(4, (at) => [
      enter(runId(T, `bot${at}`), 'cart', T, { resource: { 'user_agent.synthetic.type': 'bot' } }),
    ]),
    // Converted two hours later.
    ...many(2, (at) => [
      enter(runId(T, `late${at}`), 'cart', T),
      enter(runId(T, `late${at}`), 'payment', T + 1),
      enter(runId(T, `late${at}`), 'confirmation', T + 2 * HOUR),
    ]),
    // A page says what only servers say.
    ...many(2, (at) => [
      enter(runId(T, `forged${at}`), 'cart', T),
      outcome(runId(T, `forged${at}`), T + 1, 'converted', {
        resource: { 'telemetry.sdk.language': 'nodejs' },
      }),
    ]),
    // Nobody declares these.
    enter(runId(T, 'other journey'), 'cart', T, { journey: 'newsletter' }),
    enter(runId(T, 'other step'), 'gift-wrap', T),
    enter(runId(T, 'other version'), 'cart', T, { version: '7' }),
    ...many(2, (at) => [
      enter(runId(T, `blue${at}`), 'cart', T),
      exposure(runId(T, `blue${at}`), 'blue', T, `b${at}`),
    ]),
    enter(runId(T, 'other hypothesis'), 'cart', T),
    exposure(runId(T, 'other hypothesis'), 'a', T, 'x', 'colours'),
    exposure(runId(T, 'other hypothesis'), 'b', T + 1, 'x', 'colours'),
    // Converted before they met the variant.
    ...many(6, (at) => {
      const run = runId(T, `before${at}`)
      return [
        enter(run, 'cart', T, { subject: `before${at}` }),
        enter(run, 'payment', T + 1, { subject: `before${at}` }),
        enter(run, 'confirmation', T + 2),
        exposure(run, 'control', T + 500, `before${at}`),
      ]
    }),
    // Came to payment with a variant, without an exposure; and an exposure without a subject.
    ...many(6, (at) => [
      enter(runId(T, `missing${at}`), 'payment', T, {
        attributes: { 'throughline.hypothesis.one-page': 'one' },
      }),
    ]),
    ...many(2, (at) => [
      enter(runId(T, `nobody${at}`), 'cart', T),
      exposure(runId(T, `nobody${at}`), 'one', T),
    ]),
    // Sampled requests.
    enter(runId(T, 'sampled'), 'cart', T),
    span('GET /', T, {
      run: runId(T, 'sampled'),
      step: 'cart',
      kind: 'Server',
      state: 'ot=th:8',
      resource: {},
    }),
    // A server whose clock is ten minutes ahead.
    enter(runId(T, 'skew'), 'cart', T),
    ...[true, false].map((page) =>
      span('GET', T + (page ? 0 : 600_000), {
        run: runId(T, 'skew'),
        step: 'cart',
        trace: 'e'.repeat(32),
        duration: 10,
        ...(page
          ? { kind: 'Client', span: 'e'.repeat(16), resource: browserOf('Chrome') }
          : { kind: 'Server', parent: 'e'.repeat(16), resource: {} }),
      }),
    ),
    outcome(runId(T, 'no page'), T, 'converted', { source: 'server', resource: {} }),
    // Two known subjects, and somebody else's anonymous one.
    enter(runId(T, 'aliased'), 'cart', T, { subject: 'anna' }),
    alias(runId(T, 'aliased'), 'somebody', 'anna', T),
  ]
  beforeAll(async () => {
    notes = await findings(rows)
  }, 120_000)

  const expected: [FindingKind, 'warning' | 'info', RegExp][] = [
    ['loss', 'warning', /Pages dropped 80 of \d+ events/],
    [
      'loss-by-browser',
      'warning',
      /^Firefox 126: 40\.0 % of .*\(80 events of 40 pages\), against 0 % of other browsers/,
    ],
    ['loss-by-variant', 'warning', /^one-page, variant one: .* of other variants/],
    ['loss-by-step', 'warning', /^checkout, cart: /],
    ['duplicates', 'info', /^3 of \d+ step entries arrived more than once/],
    ['synthetic', 'info', /^4 runs of crawlers and tests are left out/],
    ['outside-window', 'info', /^2 runs of checkout converted later than its window \(1 h\)/],
    ['forged', 'warning', /^Outcomes of 2 runs look like a server’s/],
    ['undeclared', 'info', /`newsletter` arrived, which is not declared/],
    ['undeclared', 'info', /entered a step `gift-wrap`/],
    ['undeclared', 'warning', /^2 runs met `blue` of one-page, which declares control, one/],
    ['undeclared', 'info', /^1 run met `colours`, a hypothesis that is not declared/],
    ['unknown-version', 'info', /7 \(1\)/],
    ['late-exposures', 'warning', /^one-page: 6 of \d+ runs that met a variant had converted before/],
    ['missing-exposures', 'warning', /^one-page: \d+ of \d+ runs with a variant .* no exposure was recorded/],
    ['exposures', 'warning', /^one-page: 2 runs met a variant without a subject/],
    ['sampling', 'info', /^\d+ requests are stored, which stand for \d+/],
    ['clocks', 'warning', /^In 1 of \d+ runs the server's clock is more than five minutes/],
    ['without-browser', 'warning', /^1 conversions of checkout were confirmed by the server/],
    ['aliases', 'warning', /^1 aliases are left out/],
  ]
  it.each(expected)('%s (%s): %s', (kind, level, text) => {
    const found = notes.filter((note) => note.kind === kind && text.test(note.text))
    expect(found, notes.map((note) => `${note.kind}: ${note.text}`).join('\n')).toHaveLength(1)
    expect(found[0]).toMatchObject({
      level,
      effect: expect.stringMatching(/\w/),
      advice: expect.stringMatching(/\w/),
    })
  })
})

it('finds steps that nobody enters, a sample ratio that is off, and pages that give no account', async () => {
  const notes = await findings([
    ...many(60, (at) => [
      enter(runId(T, `never${at}`), 'cart', T, { subject: `never${at}` }),
      exposure(runId(T, `never${at}`), at % 6 ? 'one' : 'control', T, `never${at}`),
    ]),
  ])
  expect(notes.map(({ kind }) => kind)).toEqual(
    expect.arrayContaining(['never-seen', 'sample-ratio', 'no-accounts']),
  )
  expect(notes.find(({ kind }) => kind === 'never-seen')!.text).toBe(
    'None of 60 runs of checkout entered the step payment.',
  )
}, 120_000)

it('finds views that lack what is stored', async () => {
  await findings(shoppers(10, 'behind'))
  await engine.command('TRUNCATE TABLE throughline_visits')
  await engine.insert('otel_traces', shoppers(2, 'new'))
  const { trust } = await analyse(engine, definitions, { now, since: new Date(T - 1), parts: ['hypotheses'] })
  expect(trust.notes.find(({ kind }) => kind === 'behind')!.text).toBe(
    'The views lack 30 of 36 step entries that are stored (83.3 %).',
  )
}, 120_000)
