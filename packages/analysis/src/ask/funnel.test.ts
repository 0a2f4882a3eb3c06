import { defineJourney } from '@throughline/core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Engine } from '../engine'
import { renderHtml } from '../show/html'
import { renderTerminal } from '../show/terminal'
import type { SpanRow } from '../testing'
import { asVersion2, emptyTables, enter, openTestEngine, outcome, randomFrom, runId, span } from '../testing'
import { analyse } from './analyse'

const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['product', 'cart', { name: 'shipping', optional: true }, 'payment', 'confirmation'],
  converts: 'confirmation',
  within: '2h',
})
const T = Date.UTC(2026, 10, 20, 12)
const HOUR = 3_600_000
const now = new Date(T + 48 * HOUR)

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
})
afterAll(() => engine.close())
beforeEach(() => emptyTables(engine))

async function funnelOf(rows: readonly SpanRow[], by: 'run' | 'subject' = 'run') {
  const report = async (sent: readonly SpanRow[]) => {
    await emptyTables(engine)
    await engine.insert('otel_traces', sent)
    return analyse(engine, { journeys: [checkout], hypotheses: [] }, { now, by })
  }
  const steps = checkout.steps.map((step) => step.name)
  const result = await report(rows)
  // Version 2 of the wire contract says the same of the same events.
  expect(await report(asVersion2(rows, steps))).toEqual(result)
  const journey = result.journeys[0]!
  return { ...journey, result, reached: journey.steps.map((step) => step.reached) }
}

/** Enters of one run, at minutes after its start. */
function run(name: string, path: readonly (readonly [string, number])[], subject?: string) {
  const id = runId(T, name)
  return path.map(([step, minute], index) =>
    enter(id, step, T + minute * 60_000, { attempt: index + 1, ...(subject ? { subject } : {}) }),
  )
}

it('counts steps in order, skips optional ones and derives drop-off', async () => {
  const found = await funnelOf([
    ...run('all', [
      ['product', 0],
      ['cart', 1],
      ['shipping', 2],
      ['payment', 3],
      ['confirmation', 4],
    ]),
    ...run('skips', [
      ['product', 0],
      ['cart', 1],
      ['payment', 2],
      ['confirmation', 3],
    ]),
    ...run('leaves', [
      ['product', 0],
      ['cart', 1],
      ['shipping', 2],
    ]),
    ...run('jumps', [
      ['product', 0],
      ['payment', 1],
      ['confirmation', 2],
    ]),
    ...run('early', [
      ['payment', 0],
      ['product', 1],
      ['cart', 2],
      ['confirmation', 3],
    ]),
  ])
  expect(found.reached).toEqual([5, 4, 2, 2, 2])
  expect(found).toMatchObject({ runs: 5, conversions: 2 })
  expect(found.steps.map((step) => step.droppedOff)).toEqual([1, 1, 1, 0, 0])
  expect(found.steps[3]!.fromPrevious.value).toBe(0.5)
  expect(found.steps[0]!.fromPrevious).toEqual({ value: 1, low: 1, high: 1 })
})

it('sorts by time whatever order rows arrive in, and by step at the same time', async () => {
  const backwards = run('a', [
    ['product', 0],
    ['cart', 1],
    ['payment', 2],
    ['confirmation', 3],
  ]).reverse()
  const together = run('b', [
    ['confirmation', 5],
    ['payment', 5],
    ['cart', 5],
    ['product', 5],
  ])
  expect((await funnelOf([...backwards, ...together])).reached).toEqual([2, 2, 0, 2, 2])
})

it('takes the window from the first enter, inclusive, and does not begin it anew', async () => {
  const start = [
    ['product', 0],
    ['cart', 1],
    ['payment', 2],
  ] as const
  const found = await funnelOf([
    ...run('edge', [...start, ['confirmation', 120]]),
    ...run('late', start),
    enter(runId(T, 'late'), 'confirmation', T + 2 * HOUR + 0.001, { attempt: 4 }),
    ...run('again', [...start, ['product', 60], ['cart', 61], ['payment', 62], ['confirmation', 121]]),
  ])
  expect(found.reached).toEqual([3, 3, 0, 3, 1])
})

it('interpolates the time to the next step on the run’s own path', async () => {
  const found = await funnelOf([
    ...run('a', [
      ['product', 0],
      ['cart', 1],
      ['product', 2],
      ['cart', 9],
      ['payment', 11],
      ['confirmation', 12],
    ]),
    ...run('b', [
      ['product', 0],
      ['cart', 2],
      ['shipping', 3],
    ]),
  ])
  expect(found.steps.map((step) => step.timeToNext?.p50 ?? null)).toEqual([
    90_000,
    330_000,
    null,
    60_000,
    null,
  ])
  expect(found.timeToConvert?.p50).toBe(720_000)
})

it('believes a server’s outcome, also when the browser’s steps were lost, and takes the value from it', async () => {
  const id = runId(T, 'lost')
  const both = runId(T, 'both')
  const denied = runId(T, 'denied')
  const late = runId(T, 'late')
  const request = (run: string) => ({ run, step: 'payment', trace: 'ab'.repeat(16) })
  const path = [
    ['product', 0],
    ['cart', 1],
    ['payment', 2],
  ] as const
  const found = await funnelOf([
    ...run('lost', [['product', 0]]),
    outcome(id, T + HOUR, 'converted', { source: 'server', value: 40, currency: 'EUR' }),
    ...run('both', [...path, ['confirmation', 3]]),
    outcome(both, T + 100, 'converted', { value: 1, currency: 'USD' }),
    outcome(both, T + 200, 'converted', { source: 'server', value: 60, currency: 'EUR' }),
    outcome(both, T + 300, 'converted', { source: 'server', value: 99, currency: 'EUR' }),
    ...run('denied', [...path, ['confirmation', 3]]),
    outcome(denied, T + 200, 'failed', { source: 'server' }),
    ...run('late', path),
    outcome(late, T + 2 * HOUR + 1, 'converted', { source: 'server', value: 1000, currency: 'EUR' }),
    // A request whose two sides show that both clocks agree.
    span('POST', T, { ...request(late), kind: 'Client', span: 'c'.repeat(16), duration: 100 }),
    span('POST /', T, {
      ...request(late),
      kind: 'Server',
      source: 'server',
      parent: 'c'.repeat(16),
      duration: 100,
    }),
  ])
  expect(found.conversions).toBe(2)
  expect(found.reached).toEqual([4, 3, 0, 3, 2])
  // Of a server's two conversions the last one counts.
  expect(found.value).toEqual([{ currency: 'EUR', amount: 139 }])
})

it('counts what a server confirms without asking when, if nothing compares its clock with the browser’s', async () => {
  const paid = (name: string, at: number) => [
    ...run(name, [['product', 0]]),
    outcome(runId(T, name), at, 'converted', { source: 'server', value: 10, currency: 'EUR' }),
  ]
  await engine.insert('otel_traces', [
    ...paid('fast', T - 9 * HOUR),
    ...paid('slow', T + 9 * HOUR),
    ...paid('equal', T + 60_000),
    // All on the server's own clock.
    enter(runId(T, 'own'), 'product', T, { source: 'server' }),
    outcome(runId(T, 'own'), T + 9 * HOUR, 'converted', { source: 'server' }),
  ])
  const { journeys, trust, ...rest } = await analyse(
    engine,
    { journeys: [checkout], hypotheses: [] },
    { now },
  )
  expect(journeys[0]).toMatchObject({ runs: 4, conversions: 3, value: [{ currency: 'EUR', amount: 30 }] })
  expect(trust.untestedConversions).toBe(3)
  // The clock of a browser and that of a server: what lies between them is no time.
  expect(journeys[0]).toMatchObject({ untimed: 3, timeToConvert: null })
  expect(journeys[0]!.steps.map(({ timeToNext }) => timeToNext)).toEqual(Array(5).fill(null))
  const html = renderHtml({ journeys, trust, ...rest })
  expect(html).toContain('Nobody can tell when those who converted did.')
  await engine.insert('otel_traces', [
    ...run('known', [
      ['product', 0],
      ['cart', 1],
      ['payment', 2],
      ['confirmation', 3],
    ]),
  ])
  const more = await analyse(engine, { journeys: [checkout], hypotheses: [] }, { now })
  expect(more.journeys[0]).toMatchObject({
    conversions: 4,
    untimed: 3,
    timeToConvert: { p50: 180_000, p95: 180_000 },
  })
  expect(renderTerminal(more, { color: false, width: 100 }).replace(/\s+/g, ' ')).toContain(
    'median 3 min to convert, without 3 whose time is not known',
  )
  expect(renderHtml(more)).toContain('without 3 whose time is not known')
  expect(trust.notes.map(({ text }) => text).join()).toContain('3 conversions are counted on a server')
})

it('asks of a person, too, only whether the run began in time that a server confirms', async () => {
  const paid = (name: string, start: number) => [
    enter(runId(T, name), 'product', T, { subject: name }),
    enter(runId(start, `${name} again`), 'product', start, { subject: name }),
    outcome(runId(start, `${name} again`), T + 9 * HOUR, 'converted', { source: 'server' }),
  ]
  await engine.insert('otel_traces', [...paid('soon', T + HOUR), ...paid('late', T + 2 * HOUR + 1)])
  const definitions = { journeys: [checkout], hypotheses: [] }
  const { journeys, trust } = await analyse(engine, definitions, { now, by: 'subject' })
  expect(journeys[0]).toMatchObject({ runs: 2, conversions: 1 })
  expect(trust.untestedConversions).toBe(1)
})

it('moves server times by the skew of the run before it tests the window', async () => {
  const id = runId(T, 'skewed')
  const ahead = 10 * 60_000
  const request = { run: id, step: 'payment', trace: 'ab'.repeat(16) }
  const found = await funnelOf([
    ...run('skewed', [
      ['product', 0],
      ['cart', 1],
      ['payment', 2],
    ]),
    span('POST', T + 130_000, { ...request, kind: 'Client', span: 'c'.repeat(16), duration: 100 }),
    span('POST /pay', T + 130_040 + ahead, {
      ...request,
      kind: 'Server',
      source: 'server',
      parent: 'c'.repeat(16),
      duration: 20,
    }),
    outcome(id, T + 2 * HOUR - 1 + ahead, 'converted', { source: 'server' }),
  ])
  expect(found.conversions).toBe(1)
})

it('orders a server’s enter by its step, not by its clock', async () => {
  const id = runId(T, 'a')
  const found = await funnelOf([
    ...run('a', [
      ['product', 0],
      ['cart', 1],
      ['confirmation', 3],
    ]),
    enter(id, 'payment', T - 1000, { source: 'server', attempt: 1 }),
  ])
  expect(found.reached).toEqual([1, 1, 0, 1, 1])
})

it('counts subjects by what they did in all their runs', async () => {
  const found = await funnelOf(
    [
      ...run(
        'a',
        [
          ['product', 0],
          ['cart', 1],
          ['payment', 2],
          ['confirmation', 3],
        ],
        'anna',
      ),
      ...run('b', [['product', 0]], 'anna'),
      ...run(
        'c',
        [
          ['product', 0],
          ['cart', 1],
        ],
        'ben',
      ),
      ...run('d', [['product', 0]], 'ben'),
    ],
    'subject',
  )
  expect(found).toMatchObject({ runs: 2, conversions: 1, reached: [2, 2, 0, 1, 1] })
})

it('keeps two journeys and two versions apart', async () => {
  const found = await funnelOf([
    ...run('a', [['product', 0]]),
    enter(runId(T, 'b'), 'product', T, { journey: 'signup' }),
    enter(runId(T, 'c'), 'product', T, { version: '2' }),
  ])
  expect(found.runs).toBe(1)
})

it('takes runs by the time in their id', async () => {
  const rows = [0, 1, 2].map((hours) => enter(runId(T + hours * HOUR, 'x'), 'product', T + 2 * HOUR))
  await engine.insert('otel_traces', rows)
  const options = { now, since: new Date(T + HOUR), until: new Date(T + 2 * HOUR) }
  const result = await analyse(engine, { journeys: [checkout], hypotheses: [] }, options)
  expect(result.journeys[0]!.runs).toBe(1)
})

it('stores rows with hostile ids and numbers and leaves them out', async () => {
  const far = 'ffffffff-ffff-7fff-bfff-ffffffffffff'
  const ids = [
    '',
    'nonsense',
    '00000000-0000-0000-0000-000000000000',
    far,
    runId(0, 'old'),
    crypto.randomUUID(),
    '💥'.repeat(50),
  ]
  const hostile = ids.flatMap((id) =>
    [
      'throughline.step.enter',
      'throughline.step.ready',
      'throughline.step.leave',
      'throughline.run.end',
      'throughline.exposure',
      'browser.web_vital',
      'exception',
      'throughline.delivery',
    ].map((name) =>
      span(name, T, {
        run: id,
        step: 'product',
        state: 'ot=th:zz;rv:1,ot=th:ffffffffffffff',
        kind: 'Server',
        attributes: {
          'throughline.step.attempt': '-99999999999999999999',
          'throughline.step.ready_ms': 'NaN',
          'throughline.conversion.value': 'Infinity',
          'browser.web_vital.value': '1e999',
          'throughline.error.count': '💥',
          'throughline.delivery.emitted': '-1',
          'throughline.page.id': 'p',
          'http.response.status_code': '99999999',
        },
      }),
    ),
  )
  const found = await funnelOf([...hostile, ...run('a', [['product', 0]])])
  expect(await engine.query(`SELECT count() AS rows FROM otel_traces`)).toEqual([
    { rows: hostile.length + 1 },
  ])
  expect(found.runs).toBe(1)
})

it('reads at most 1,000 events of a run and says so', async () => {
  const id = runId(T, 'loop')
  const rows = Array.from({ length: 1001 }, (_, index) =>
    enter(id, index % 2 ? 'cart' : 'product', T + index, { attempt: index }),
  )
  rows.push(enter(id, 'payment', T + 2000))
  const found = await funnelOf([...rows, ...rows, ...rows])
  expect(found.result.trust.cappedRuns).toBe(1)
  expect(found.reached).toEqual([1, 1, 0, 0, 0])
})

it('finds the same whatever order rows come in and how often', async () => {
  const random = randomFrom(7)
  const rows = Array.from({ length: 60 }, (_, index) => {
    const id = runId(T + index * 1000, `r${index}`)
    const steps = checkout.steps.slice(0, 1 + Math.floor(random() * 5)).map((step) => step.name)
    return [
      ...steps.map((step) =>
        enter(id, step, T + Math.floor(random() * 4) * 2_400_000, { subject: `s${index % 20}` }),
      ),
      ...(random() < 0.3
        ? [
            outcome(id, T + random() * 3 * HOUR, 'converted', {
              source: 'server',
              value: random(),
              currency: 'EUR',
            }),
          ]
        : []),
    ]
  }).flat()
  const once = await funnelOf(rows, 'subject')
  const { result, ...expected } = once
  for (const pass of [1, 2]) {
    const mixed = [...rows, ...rows].sort(() => random() - 0.5)
    const { result: again, ...found } = await funnelOf(mixed, 'subject')
    expect(found, `pass ${pass}`).toEqual(expected)
    // How often they came is said.
    const notes = again.trust.notes.filter(({ kind }) => kind !== 'duplicates')
    expect({ ...again, trust: { ...again.trust, notes } }).toEqual(result)
  }
})

it('does not mix what it observed of readiness with what the application says', async () => {
  const ready = (run: string, step: string, ms: number, source: string) =>
    span('throughline.step.ready', T + ms, {
      run,
      step,
      attributes: { 'throughline.step.ready_ms': ms, 'throughline.step.ready_source': source },
    })
  const runs = Array.from({ length: 6 }, (_, at) => runId(T + at, `ready ${at}`))
  const { result } = await funnelOf(
    runs.flatMap((run, at) => [
      enter(run, 'product', T),
      ready(run, 'product', 100 + at, 'auto'),
      enter(run, 'cart', T + 5000),
      ready(run, 'cart', at < 2 ? 400 : 9000, at < 2 ? 'app' : 'auto'),
    ]),
  )
  const [product, cart, payment] = result.journeys[0]!.steps
  expect(product).toMatchObject({ readySource: 'observed', ready: { p50: 102.5 } })
  expect(cart).toMatchObject({ readySource: 'application', ready: { p50: 400, p95: 400 } })
  expect(payment).not.toHaveProperty('readySource')
})
