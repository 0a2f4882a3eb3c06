import { expect, it } from 'vitest'
import type { SpanRow } from '../testing'
import { enter, exposure, outcome, randomFrom, runId, span } from '../testing'
import { hypothesisEngine, onePage, T } from './hypothesis-testing'

const guarded = {
  ...onePage,
  guardrails: [
    { metric: 'inp', step: 'payment', p75AtMost: 200 },
    { metric: 'ready', step: 'payment', relativeAtMost: 0.2 },
    { metric: 'errors', relativeAtMost: 0.5 },
    { metric: 'conversion', relativeAtMost: 0 },
  ],
} as const
const { judged, empty } = hypothesisEngine()
const analysed = (rows: readonly SpanRow[], hypothesis: typeof onePage = guarded) => judged(rows, hypothesis)

/** Two groups; control converts in 3 of 10. `slow` is the treatment's INP against a control of up to 150 ms. */
function crowd(size: number, { converts = 0.45, slow = 150, ready = 1000, errors = 0.2, before = 0.2 }) {
  const random = randomFrom(2)
  return ['control', 'one-page'].flatMap((variant, treated) =>
    Array.from({ length: size }, (_, index): SpanRow[] => {
      const name = `${variant}-${index}`
      const run = runId(T, name)
      const event = (span_: string, attributes: Record<string, string | number>) =>
        span(span_, T + 61_000, { run, step: 'payment', attributes })
      const fails = index < size * (treated ? errors : before)
      return [
        enter(run, 'cart', T, { subject: name }),
        enter(run, 'payment', T + 60_000, { subject: name }),
        exposure(run, variant, T + 60_000, name),
        event('browser.web_vital', {
          'browser.web_vital.name': 'inp',
          'browser.web_vital.id': name,
          'browser.web_vital.value': random() * (treated ? slow : 150),
        }),
        event('throughline.step.ready', {
          'throughline.step.ready_ms': 500 + random() * (treated ? ready : 1000),
        }),
        ...(fails ? [event('exception', { 'throughline.error.fingerprint': `f${index % 3}` })] : []),
        ...(index < size * (treated ? converts : 0.3)
          ? [enter(run, 'confirmation', T + 90_000, { subject: name })]
          : []),
      ]
    }).flat(),
  )
}

it('holds when every bound is inside its limit', async () => {
  const found = await analysed(crowd(1000, {}))
  expect(found.guardrails.map(({ metric, status }) => [metric, status])).toEqual([
    ['inp', 'holds'],
    ['ready', 'holds'],
    ['errors', 'holds'],
    ['conversion', 'holds'],
  ])
  const [inp, ready, errors] = found.guardrails
  expect(inp).toMatchObject({ variant: 'one-page', step: 'payment', limit: { p75AtMost: 200 } })
  expect(inp!.measured!.value).toBeGreaterThan(100)
  expect(inp!.measured!.value).toBeLessThan(125)
  expect(Math.abs(ready!.measured!.value)).toBeLessThan(0.05)
  expect(errors!.measured!.value).toBeCloseTo(0, 9)
  expect(found.verdict).toBe('supported')
})

it('blocks "supported" when one is violated, and says so first', async () => {
  const found = await analysed(crowd(1000, { slow: 400, ready: 2500, errors: 0.4 }))
  expect(found.guardrails.map(({ status }) => status)).toEqual(['violated', 'violated', 'violated', 'holds'])
  expect(found.guardrails[2]!.measured!.value).toBeCloseTo(1, 9)
  expect(found.verdict).toBe('inconclusive')
  expect(found.reasons[0]).toContain('violated')
})

it('blocks "supported" while one cannot be told', async () => {
  const found = await analysed(crowd(1000, { slow: 276 }))
  expect(found.guardrails[0]!.status).toBe('unknown')
  expect(found.comparisons[0]!.relative.sequential.low).toBeGreaterThan(0)
  expect(found.verdict).toBe('inconclusive')
})

it('is not certain that errors are gone because few subjects met none', async () => {
  const few = (await analysed(crowd(5, { errors: 0 }))).guardrails[2]!
  expect(few.measured).toMatchObject({ value: -1, low: -1 })
  expect(few.measured!.high).toBeGreaterThan(0.5)
  expect(few.status).toBe('unknown')
})

it('is certain of new errors, though there is nothing to put them in relation to', async () => {
  const none = (await analysed(crowd(200, { before: 0 }))).guardrails[2]!
  expect(none).toMatchObject({ measured: null, status: 'violated' })
})

it('takes a fall of conversion for the worse', async () => {
  const found = await analysed(crowd(1000, { converts: 0.2 }))
  expect(found.guardrails[3]).toMatchObject({ metric: 'conversion', status: 'violated' })
  expect(found.guardrails[3]!.measured!.value).toBeCloseTo(-1 / 3, 9)
})

it('bounds the 75th percentile by the ranks of a binomial', async () => {
  const rows = crowd(200, {})
  const { guardrails } = await analysed(rows, { ...guarded, sampleSize: 400 })
  await empty()
  const early = (await analysed(rows)).guardrails[0]!.measured!
  const values = rows
    .filter((row) => row.SpanAttributes['browser.web_vital.id']?.startsWith('one-page'))
    .map((row) => Number(row.SpanAttributes['browser.web_vital.value']))
    .sort((a, b) => a - b)
  const rank = (value: number) => values.filter((one) => one <= value + 1e-9).length
  // qbinom(0.05, 200, 0.75) = 140 and qbinom(0.95, 200, 0.75) = 160
  expect(rank(guardrails[0]!.measured!.low)).toBeGreaterThanOrEqual(138)
  expect(rank(guardrails[0]!.measured!.low)).toBeLessThanOrEqual(140)
  expect(rank(guardrails[0]!.measured!.high)).toBeGreaterThanOrEqual(161)
  expect(rank(guardrails[0]!.measured!.high)).toBeLessThanOrEqual(163)
  // Before the declared end, people look more than once: 5 standard deviations of 6.1 ranks instead of 1.64.
  expect(rank(early.low)).toBeLessThan(130)
  expect(rank(early.high)).toBeGreaterThan(171)
})

it('says what was lost, left out or doubtful', async () => {
  const assigned = { attributes: { 'throughline.hypothesis.one-page': 'one-page' } }
  const delivery = (page: string, emitted: number, dropped: number) =>
    span('throughline.delivery', T, {
      run: '',
      attributes: {
        'throughline.page.id': page,
        'throughline.delivery.emitted': emitted,
        'throughline.delivery.delivered': emitted - dropped,
        'throughline.delivery.dropped': dropped,
      },
    })
  const run = runId(T, 'skewed')
  const request = { run, step: 'cart', trace: 'ab'.repeat(16) }
  const { trust } = await analysed([
    enter(runId(T, 'a'), 'payment', T, assigned),
    enter(runId(T, 'b'), 'payment', T, { ...assigned, version: '0' }),
    outcome(runId(T, 'ghost'), T, 'converted', { source: 'server' }),
    delivery('p', 10, 0),
    delivery('p', 100, 30),
    delivery('q', 50, 0),
    enter(run, 'cart', T),
    span('GET', T, { ...request, kind: 'Client', span: 'c'.repeat(16), duration: 100 }),
    span('GET /', T - 6 * 60_000, { ...request, kind: 'Server', source: 'server', parent: 'c'.repeat(16) }),
  ])
  expect(trust.delivery).toEqual({
    pages: 2,
    emitted: 150,
    delivered: 120,
    refused: 0,
    dropped: 30,
    pending: 0,
    refusedFor: [],
    errorsIgnored: 0,
    unaccounted: 0,
    recovered: 0,
    withoutAccount: 0,
  })
  expect(trust.skewedRuns).toBe(1)
  const warnings = trust.notes.filter(({ level }) => level === 'warning').map(({ text }) => text)
  expect(warnings).toEqual([
    expect.stringContaining('dropped 30 of 150 events (20.0 %)'),
    expect.stringContaining('1 of 1 runs'),
    expect.stringContaining('1 conversions of checkout were confirmed by the server'),
    expect.stringContaining('2 of 2 runs with a variant'),
  ])
  expect(trust.notes.at(-1)).toMatchObject({
    level: 'info',
    text: expect.stringContaining('are not of version 1 and are left out. Runs by version: 0 (1).'),
  })
})
