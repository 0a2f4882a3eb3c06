import { defineJourney } from '@throughline/core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Engine } from '../engine'
import { createInk } from '../show/terminal/ink'
import { renderRun, renderRuns } from '../show/terminal/run'
import type { SpanRow } from '../testing'
import { emptyTables, enter, exposure, openTestEngine, outcome, runId, span } from '../testing'
import { recentRuns } from './recent-runs'
import { runTimeline } from './run-timeline'

const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'confirmation'],
  converts: 'confirmation',
})
const definitions = { journeys: [checkout], hypotheses: [] }
const T = Date.now() - 3_600_000
const ink = createInk(false, 120)
const trace = (digit: string) => digit.repeat(32)

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
})
afterAll(() => engine.close())
beforeEach(() => emptyTables(engine))

const page = (seq: number) => ({ 'throughline.page.id': 'p1', 'throughline.event.seq': seq })
const resource = {
  'telemetry.sdk.language': 'webjs',
  'service.version': '2.4.1',
  'user_agent.name': 'Chrome',
  'user_agent.version': '126.0.1',
}

/** A run that meets an error on payment, while the server fails; numbers 3 and 6 are missing. */
function troubled(run: string): SpanRow[] {
  const payment = { run, step: 'payment', resource, trace: trace('b') }
  return [
    enter(run, 'cart', T, { resource, trace: trace('a'), span: '1'.repeat(16), attributes: page(1) }),
    span('throughline.step.leave', T, {
      run,
      step: 'cart',
      resource,
      duration: 2000,
      trace: trace('a'),
      attributes: { ...page(2), 'throughline.step.outcome': 'completed' },
    }),
    enter(run, 'payment', T + 2000, {
      resource,
      trace: trace('b'),
      span: '2'.repeat(16),
      attributes: page(4),
    }),
    span('browser.web_vital', T + 2500, {
      ...payment,
      attributes: {
        'browser.web_vital.name': 'lcp',
        'browser.web_vital.value': 1800,
        'throughline.event.id': 'v',
      },
    }),
    span('POST', T + 3000, {
      ...payment,
      kind: 'Client',
      span: '3'.repeat(16),
      parent: '2'.repeat(16),
      duration: 900,
      attributes: { 'http.request.method': 'POST', 'url.full': '/orders' },
    }),
    span('POST /orders', T + 3100, {
      run,
      step: 'payment',
      kind: 'Server',
      service: 'shop-api',
      resource: {},
      trace: trace('b'),
      span: '4'.repeat(16),
      parent: '3'.repeat(16),
      duration: 700,
      status: 'Error',
      attributes: {
        'http.request.method': 'POST',
        'http.route': '/orders',
        'http.response.status_code': 500,
      },
    }),
    // The work behind it names no run.
    {
      ...span('SELECT orders', T + 3200, {
        run,
        service: 'shop-api',
        kind: 'Client',
        resource: {},
        trace: trace('b'),
        span: '5'.repeat(16),
        parent: '4'.repeat(16),
        duration: 300,
      }),
      SpanAttributes: { 'db.system.name': 'postgresql' },
    },
    span('exception', T + 3900, {
      ...payment,
      attributes: {
        ...page(5),
        'exception.type': 'PaymentError',
        'exception.message': 'declined \u001b[31m',
        'exception.stacktrace': 'PaymentError: declined\n    at pay (app.js:1:2)\u001b]0;owned\u0007',
      },
    }),
    { ...exposure(run, 'one-page', T + 2100), TraceId: trace('b') },
    span('throughline.delivery', T + 4000, {
      run: '',
      attributes: {
        'throughline.page.id': 'p1',
        'throughline.delivery.emitted': 6,
        'throughline.journey.name': undefined,
      },
    }),
    // An hour's silence, then the server's word.
    outcome(run, T + 3_600_000 - 5000, 'failed', {
      source: 'server',
      resource: {},
      attributes: { 'throughline.run.end_reason': 'card-declined' },
    }),
  ]
}

it('lists what happened in one run, with what the back end did in the same traces, and what is missing', async () => {
  const run = runId(T, 'troubled')
  const rows = troubled(run)
  await engine.insert('otel_traces', [
    ...rows,
    rows[0]!,
    ...troubled(runId(T, 'another')).map((row) => ({ ...row, TraceId: trace('f') })),
  ])
  const timeline = await runTimeline(engine, definitions, run.toUpperCase())
  expect(timeline.entries.map(({ kind, subject, depth, failed }) => [kind, subject, depth, failed])).toEqual([
    ['enter', 'cart', 0, false],
    ['leave', 'cart', 0, false],
    ['enter', 'payment', 0, false],
    ['exposure', 'one-page', 0, false],
    ['vital', 'LCP', 0, false],
    ['request', 'POST', 0, false],
    ['request', 'POST /orders', 1, true],
    ['span', 'SELECT orders', 2, false],
    ['error', 'PaymentError: declined \u001b[31m', 0, false],
    ['outcome', 'failed', 0, false],
  ])
  expect(timeline.entries[0]).toMatchObject({ copies: 2, service: 'shop-web', source: 'browser', offset: 0 })
  expect(timeline.entries.find(({ subject }) => subject === 'POST /orders')).toMatchObject({
    source: 'server',
    trace: trace('b'),
  })
  expect(timeline.missing).toEqual([
    { page: 'p1', first: 3, last: 3, after: 2000 },
    { page: 'p1', first: 6, last: 6, after: 3900 },
  ])
  expect(timeline.silences).toEqual([{ from: 3900, to: 3_595_000 }])
  expect(timeline.summary).toMatchObject({
    end: 'failed',
    endedBy: 'server',
    furthest: 'payment',
    errors: 1,
    release: '2.4.1',
    browser: 'Chrome 126',
  })

  const text = renderRun(timeline, ink)
  for (const part of [
    'PaymentError: declined',
    'at pay (app.js:1:2)',
    'nothing for 1 h',
    'event 6 of page p1',
    'failed (server)',
    'Chrome 126',
    'arrived 2 times',
    'card-declined',
  ])
    expect(text).toContain(part)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: none may get through
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f]/)
})

it('says of a run that arrived whole that nothing is missing', async () => {
  const run = runId(T, 'whole')
  await engine.insert('otel_traces', [
    enter(run, 'cart', T, { resource, attributes: page(1) }),
    enter(run, 'payment', T + 1000, { resource, attributes: page(2) }),
    enter(run, 'confirmation', T + 2000, { resource, attributes: page(3) }),
  ])
  const timeline = await runTimeline(engine, definitions, run)
  expect(timeline).toMatchObject({
    missing: [],
    silences: [],
    capped: false,
    summary: { end: 'converted', timeToConvert: 2000 },
  })
})

it('names what is no run id, and what is not stored', async () => {
  await expect(runTimeline(engine, definitions, `' OR 1`)).rejects.toThrow('is no run id')
  await expect(runTimeline(engine, definitions, runId(T, 'nobody'))).rejects.toThrow(
    'nothing is stored of run',
  )
})

it('lists the newest runs with how far they came and how they ended', async () => {
  const ends = ['going', 'left', 'converted', 'failed'] as const
  const rows = Array.from({ length: 30 }, (_, at) => {
    const run = runId(T - (at + 3) * 600_000, `run ${at}`)
    const began = T - (at + 3) * 600_000
    const end = ends[at % 4]!
    return [
      enter(run, 'cart', began, { resource }),
      ...(end === 'left' || end === 'going' ? [] : [enter(run, 'payment', began + 10, { resource })]),
      ...(end === 'converted' ? [enter(run, 'confirmation', began + 20, { resource })] : []),
      ...(end === 'failed' ? [outcome(run, began + 30, 'failed', { resource })] : []),
      span('exception', began + 5, { run, step: 'cart', attributes: { 'exception.type': 'E' } }),
    ]
  })
  await engine.insert('otel_traces', rows.flat())
  const found = await recentRuns(engine, definitions, { limit: 5 })
  expect(found.map(({ furthest, errors, release }) => [furthest, errors, release])).toEqual([
    ['cart', 1, '2.4.1'],
    ['cart', 1, '2.4.1'],
    ['confirmation', 1, '2.4.1'],
    ['payment', 1, '2.4.1'],
    ['cart', 1, '2.4.1'],
  ])
  expect(found.map(({ start }) => start)).toEqual(
    found
      .map(({ start }) => start)
      .sort()
      .reverse(),
  )
  expect(found[2]).toMatchObject({ end: 'converted', timeToConvert: 20 })
  expect(found[3]).toMatchObject({ end: 'failed', endedBy: 'browser' })
  const all = await recentRuns(engine, definitions, { limit: 100, now: new Date(T + 90 * 864e5) })
  expect(all).toHaveLength(30)
  expect(new Set(all.map(({ end }) => end))).toEqual(new Set(['left', 'converted', 'failed']))
  expect(renderRuns(found, ink)).toContain(found[0]!.run)
  await expect(recentRuns(engine, definitions, { journey: 'nope' })).rejects.toThrow('is none of: checkout')
})
