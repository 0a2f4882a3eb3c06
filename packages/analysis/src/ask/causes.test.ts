import { defineJourney } from '@throughline/core'
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest'
import type { Engine } from '../engine'
import type { JourneyResult } from '../result'
import { renderHtml } from '../show/html'
import { renderTerminal } from '../show/terminal'
import type { SpanRow } from '../testing'
import { emptyTables, enter, openTestEngine, runId, span } from '../testing'
import { analyse } from './analyse'

const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment'],
  converts: 'payment',
  ready: { cart: { p75: 1000 } },
})
const definitions = { journeys: [checkout], hypotheses: [] }
const T = Date.UTC(2026, 10, 20, 12)
const now = new Date(T + 240 * 3_600_000)

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
})
afterAll(() => engine.close())
beforeEach(() => emptyTables(engine))

const run = (at: number) => runId(T + at, `run ${at}`)

/** A run that meets errors, in a release and a browser. */
const meeting = (at: number, release: string, stack: string, type = 'E'): SpanRow[] => {
  const resource = { 'service.version': release, 'user_agent.name': 'Chrome', 'user_agent.version': '126.0' }
  const error = (after: number) =>
    span('exception', T + at + after, {
      run: run(at),
      step: 'cart',
      resource,
      attributes: {
        'throughline.error.fingerprint': `f-${type}`,
        'exception.type': type,
        'exception.stacktrace': `${stack} ${after}`,
      },
    })
  return [enter(run(at), 'cart', T + at, { resource }), error(10), error(20)]
}

it('says of an error when, where and by which runs it was met, with its last stack', async () => {
  const rows = Array.from({ length: 7 }, (_, at) =>
    meeting(at * 1000, `2.${at % 2}`, `at pay (${at})`),
  ).flat()
  await engine.insert('otel_traces', [
    ...rows,
    ...rows.slice(0, 3),
    ...meeting(50_000, '9', 'other', 'Other'),
  ])
  const [journey] = (await analyse(engine, definitions, { now })).journeys
  const { cause, runs, occurrences } = journey!.errors.find(({ key }) => key === 'f-E')!
  expect([runs, occurrences]).toEqual([7, 14])
  expect(cause).toMatchObject({
    firstSeen: new Date(T + 10).toISOString(),
    lastSeen: new Date(T + 6020).toISOString(),
    releases: ['2.0', '2.1'],
    browsers: ['Chrome 126'],
    stack: 'at pay (6) 20',
  })
  // The newest runs, each once, with the trace that the error is in.
  expect(cause!.examples.map((one) => one.run)).toEqual([6, 5, 4, 3, 2].map((at) => run(at * 1000)))
  const trace = rows.find(({ SpanAttributes: own }) => own['throughline.run.id'] === run(6000))!.TraceId
  expect(cause!.examples[0]).toEqual({ run: run(6000), trace, at: new Date(T + 6020).toISOString() })
})

it('looks at the time asked for alone, and for one error if one is named', async () => {
  const late = 10 * 3_600_000
  await engine.insert('otel_traces', [
    ...meeting(0, '1', 'early'),
    ...meeting(late, '2', 'late'),
    ...meeting(late + 1000, '2', 'x', 'Other'),
  ])
  const options = { now, since: new Date(T + late - 1), error: 'f-E' }
  const [journey] = (await analyse(engine, definitions, options)).journeys
  const causes = Object.fromEntries(journey!.errors.map(({ key, cause }) => [key, cause]))
  expect(causes['f-E']).toMatchObject({ releases: ['2'], stack: 'late 20' })
  expect(causes['f-Other']).toBeUndefined()
})

describe('of slow and failing endpoints', () => {
  const COUNT = 60
  const start = (at: number) => T + at * 60_000
  /** Every run calls twice; each fifth fails at last, each third waits long for the other. */
  const calling = (at: number): SpanRow[] => {
    const name = runId(start(at), `caller ${at}`)
    const resource = {
      'service.version': at < 30 ? '2.0' : '2.1',
      'user_agent.name': at % 2 ? 'Chrome' : 'Firefox',
      'user_agent.version': '126.0',
    }
    const call = (route: string, after: number, duration: number, failed: boolean) =>
      span(`POST ${route}`, start(at) + after, {
        run: name,
        step: 'cart',
        kind: 'Server',
        service: 'shop-api',
        resource: { 'service.version': at < 50 ? '9.0' : '9.1' },
        duration,
        status: failed ? 'Error' : 'Unset',
        trace: `${at}${after}`.padStart(32, 'd'),
        attributes: { 'http.route': route, 'http.request.method': 'POST' },
      })
    return [
      enter(name, 'cart', start(at), { resource }),
      call('/orders', 100, 20, false),
      call('/orders', 200, 20, at % 5 === 0),
      call('/search', 300, at % 3 === 0 ? 900 : 100, false),
      ...(at % 4 ? [enter(name, 'payment', start(at) + 1000, { resource })] : []),
    ]
  }
  const rows = Array.from({ length: COUNT }, (_, at) => calling(at)).flat()
  const causeIn = (journey: JourneyResult, kind: string) =>
    journey.endpoints.find((one) => one.kind === kind)!.cause!

  it('says when, by which pages and by which calls', async () => {
    await engine.insert('otel_traces', [...rows, ...rows.slice(0, 100)])
    const [journey] = (await analyse(engine, definitions, { now })).journeys
    expect(journey!.endpoints.map(({ kind, key }) => `${kind} ${key}`).sort()).toEqual([
      'failing-endpoint POST /orders',
      'slow-endpoint POST /search',
    ])
    const failing = causeIn(journey!, 'failing-endpoint')
    expect(failing).toMatchObject({
      firstSeen: new Date(start(0) + 200).toISOString(),
      lastSeen: new Date(start(55) + 200).toISOString(),
      releases: ['2.0', '2.1'],
      browsers: ['Chrome 126', 'Firefox 126'],
      stack: '',
    })
    expect(failing.examples).toEqual(
      [55, 50, 45, 40, 35].map((at) => ({
        run: runId(start(at), `caller ${at}`),
        trace: `${at}200`.padStart(32, 'd'),
        at: new Date(start(at) + 200).toISOString(),
        release: at < 50 ? '9.0' : '9.1',
      })),
    )
    const slow = causeIn(journey!, 'slow-endpoint')
    expect(slow).toMatchObject({
      firstSeen: new Date(start(0) + 300).toISOString(),
      lastSeen: new Date(start(57) + 300).toISOString(),
    })
    expect(slow.examples.map(({ run }) => run)).toEqual(
      [57, 54, 51, 48, 45].map((at) => runId(start(at), `caller ${at}`)),
    )
  })

  it('looks at the runs asked for alone', async () => {
    await engine.insert('otel_traces', rows)
    const options = { now, where: ['browser=Chrome'], until: new Date(start(40)) }
    const [journey] = (await analyse(engine, definitions, options)).journeys
    const failing = causeIn(journey!, 'failing-endpoint')
    expect(failing).toMatchObject({
      browsers: ['Chrome 126'],
      lastSeen: new Date(start(35) + 200).toISOString(),
    })
    expect(failing.examples.map(({ run }) => run)).toEqual(
      [35, 25, 15, 5].map((at) => runId(start(at), `caller ${at}`)),
    )
  })

  it('knows the runs of calls whose spans are kept no more', async () => {
    await engine.insert('otel_traces', rows)
    await engine.command('TRUNCATE TABLE otel_traces')
    const [journey] = (await analyse(engine, definitions, { now })).journeys
    expect(causeIn(journey!, 'failing-endpoint').examples[0]).toEqual({
      run: runId(start(55), 'caller 55'),
      trace: '',
      at: new Date(start(55) + 200).toISOString(),
    })
  })
})

it('says of a slow step that costs conversions when, by which pages and by which visits', async () => {
  const start = (at: number) => T + at * 60_000
  const visiting = (at: number): SpanRow[] => {
    const name = runId(start(at), `visitor ${at}`)
    const isSlow = at % 3 === 0
    const resource = {
      'service.version': at < 200 ? '2.0' : '2.1',
      'user_agent.name': 'Chrome',
      'user_agent.version': '126',
    }
    const visit = { 'throughline.visit.id': `${at}`.padStart(32, 'c'), 'throughline.visit.index': 1 }
    const event = (what: string, after: number, attributes: object) =>
      span(what, start(at) + after, {
        run: name,
        step: 'cart',
        resource,
        attributes: { ...visit, ...attributes },
      })
    return [
      enter(name, 'cart', start(at), { resource, attributes: visit }),
      event('throughline.step.ready', 0, { 'throughline.step.ready_ms': isSlow ? 3000 : 400 }),
      event('browser.web_vital', 40, {
        'browser.web_vital.name': 'lcp',
        'browser.web_vital.value': isSlow ? 5000 : 900,
        'browser.web_vital.id': `lcp-${at}`,
        'browser.web_vital.navigation_type': 'navigate',
      }),
      ...(at % (isSlow ? 6 : 10) ? [enter(name, 'payment', start(at) + 5000, { resource })] : []),
    ]
  }
  const rows = Array.from({ length: 300 }, (_, at) => visiting(at)).flat()
  await engine.insert('otel_traces', [...rows, ...rows.slice(0, 50)])
  const found = await analyse(engine, definitions, { now })
  const [journey] = found.journeys
  expect(journey!.latency.map(({ measure }) => measure)).toEqual(['ready', 'lcp'])
  const examples = (after: number) =>
    [297, 294, 291, 288, 285].map((at) => ({
      run: runId(start(at), `visitor ${at}`),
      trace: rows.find(
        ({ SpanAttributes: own }) => own['throughline.run.id'] === runId(start(at), `visitor ${at}`),
      )!.TraceId,
      at: new Date(start(at) + after).toISOString(),
    }))
  for (const [{ cause }, after] of [
    [journey!.latency[0]!, 0],
    [journey!.latency[1]!, 40],
  ] as const)
    expect(cause).toEqual({
      firstSeen: new Date(start(0) + after).toISOString(),
      lastSeen: new Date(start(297) + after).toISOString(),
      releases: ['2.1'],
      browsers: ['Chrome 126'],
      stack: '',
      examples: examples(after),
    })
  const text = renderTerminal(found, { color: false, width: 100 }).replace(/\s+/g, ' ')
  expect(text).toContain(
    'Where these come from slow step: cart, largest contentful paint (LCP), navigate Seen from 20 Nov 2026, 12:00 UTC',
  )
  expect(text).toContain(
    `Pages that met it last: releases 2.1; browsers Chrome 126. Met in run ${examples(0)[0]!.run}, trace`,
  )
  expect(renderHtml(found)).toContain(`run <code>${examples(0)[4]!.run}</code>, trace <code>`)
})

it('puts scores against conversion and readiness, by step', async () => {
  const scored = (at: number, score: number, scale: number, readyMs: number, converts: boolean) => [
    enter(run(at), 'cart', T + at, { attributes: { 'throughline.visit.id': `${at}`.padStart(32, 'a') } }),
    span('throughline.step.ready', T + at, {
      run: run(at),
      step: 'cart',
      attributes: { 'throughline.visit.id': `${at}`.padStart(32, 'a'), 'throughline.step.ready_ms': readyMs },
    }),
    span('throughline.satisfaction', T + at + 500, {
      run: run(at),
      step: 'cart',
      attributes: {
        'throughline.visit.id': `${at}`.padStart(32, 'a'),
        'throughline.satisfaction.score': score,
        'throughline.satisfaction.scale': scale,
      },
    }),
    ...(converts ? [enter(run(at), 'payment', T + at + 900)] : []),
  ]
  const rows = [
    ...scored(1, 5, 5, 200, true),
    ...scored(2, 10, 10, 300, true),
    ...scored(3, 4, 5, 1500, true),
    ...scored(4, 1, 5, 1600, false),
    // No score of any scale.
    ...scored(5, 3, 0, 100, false),
    ...scored(6, 7, 5, 100, false),
  ]
  // Twice, as delivery is at least once: they count once, with the ids of their visits.
  const named = rows.map((row) =>
    row.SpanName === 'throughline.step.enter' && row.SpanAttributes['throughline.visit.id']
      ? {
          ...row,
          SpanAttributes: {
            ...row.SpanAttributes,
            'throughline.event.id': row.SpanAttributes['throughline.visit.id'],
          },
        }
      : row,
  )
  await engine.insert('otel_traces', [...named, ...named])
  const [journey] = (await analyse(engine, definitions, { now })).journeys
  expect(journey!.satisfaction).toMatchObject([
    {
      step: 'cart',
      mean: { scores: 4, value: 0.75 },
      grades: [
        { grade: 'low', scores: 1, conversions: 0 },
        { grade: 'middle', scores: 1, conversions: 1 },
        { grade: 'high', scores: 2, conversions: 2 },
      ],
      readiness: { slowFrom: 1000, fast: { scores: 2, value: 1 }, slow: { scores: 2, value: 0.5 } },
    },
  ])
})
