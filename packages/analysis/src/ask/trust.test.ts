import { defineJourney } from '@throughline/core'
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest'
import type { Engine } from '../engine'
import type { Synthetic } from '../result'
import { renderHtml } from '../show/html'
import { renderPage } from '../show/page/page'
import { renderTerminal } from '../show/terminal'
import { renderFindings } from '../show/terminal/findings'
import { createInk } from '../show/terminal/ink'
import type { SpanRow } from '../testing'
import { emptyTables, enter, openTestEngine, runId, span } from '../testing'
import { analyse } from './analyse'

const checkout = defineJourney('checkout', { version: '1', steps: ['cart', 'payment'], converts: 'payment' })
const HOUR = 3_600_000
const T = Date.UTC(2026, 10, 20, 12)
const now = new Date(T + 240 * HOUR)

let engine: Engine
beforeAll(async () => {
  engine = await openTestEngine()
})
afterAll(() => engine.close())
beforeEach(() => emptyTables(engine))

const definitions = { journeys: [checkout], hypotheses: [] }
async function reported(rows: readonly SpanRow[], synthetic?: Synthetic) {
  await engine.insert('otel_traces', rows)
  return analyse(engine, definitions, { now, timeZone: 'Asia/Tokyo', ...(synthetic && { synthetic }) })
}

const bare = { color: false, width: 100 }
const visitOf = (name: string, type?: string) => [
  enter(runId(T, name), 'cart', T, { resource: { 'user_agent.synthetic.type': type } }),
  // What a server adds is of the same run.
  enter(runId(T, name), 'payment', T + 1000, { source: 'server' }),
]

it('leaves out crawlers and tests, counts them, and shows them when asked to', async () => {
  const rows = [...visitOf('anna'), ...visitOf('crawler', 'bot'), ...visitOf('driven', 'test')]
  const people = await reported(rows)
  expect(people.journeys[0]).toMatchObject({ runs: 1, conversions: 1 })
  expect(people.synthetic).toEqual({ shown: 'exclude', runs: 2 })
  expect(renderTerminal(people, bare).replaceAll(/\s+/g, ' ')).toContain(
    'Asia/Tokyo; 2 synthetic runs (crawlers, tests) left out',
  )
  expect((await reported([], 'include')).journeys[0]!.runs).toBe(3)
  const machines = await reported([], 'only')
  expect(machines.journeys[0]!.runs).toBe(2)
  expect(renderTerminal(machines, bare).replaceAll(/\s+/g, ' ')).toContain('; only 2 synthetic runs')
})

it('says that there is nothing else, and how to see it', async () => {
  const rows = Array.from({ length: 12 }, (_, at) => visitOf(`driven-${at}`, 'test'))
  const result = await reported(rows.flat())
  for (const text of [renderTerminal(result, bare), renderHtml(result)]) {
    expect(text).toContain('All 12 runs are synthetic')
    expect(text).toContain('--synthetic include')
    expect(text).not.toContain('Nothing has arrived yet')
  }
})

it('says that the time has no runs, and which times do', async () => {
  await engine.insert(
    'otel_traces',
    ['a', 'b', 'c'].flatMap((name) => visitOf(name)),
  )
  const later = { since: new Date(T + 864e5), until: new Date(T + 2 * 864e5), now: new Date(T + 3 * 864e5) }
  const result = await analyse(engine, definitions, later)
  for (const text of [
    renderTerminal(result, bare),
    renderFindings(result, createInk(false, 400)),
    renderHtml(result),
  ]) {
    expect(text.replaceAll(/\s+/g, ' ')).toMatch(
      /No run started in this time; there are 3 runs of 20 Nov 2026, \d\d:\d\d UTC\./,
    )
    expect(text).toMatch(/--since and\s+--until/)
    expect(text).not.toMatch(/Nothing has arrived yet|Waiting for the first run/)
  }
})

it('says that filters select nothing, and how to find what they can', async () => {
  await engine.insert('otel_traces', [...visitOf('a'), ...visitOf('driven', 'test')])
  const where = ['browser=Netscape']
  const result = await analyse(engine, definitions, {
    where,
    since: new Date(T - 864e5),
    now: new Date(T + 864e5),
  })
  for (const text of [
    renderTerminal(result, bare),
    renderFindings(result, createInk(false, 400)),
    renderHtml(result),
  ]) {
    expect(text.replaceAll(/\s+/g, ' ')).toContain('Of the runs of this time none has browser = Netscape.')
    expect(text).toContain('--by browser')
    expect(text).not.toMatch(/Nothing has arrived yet|Waiting for the first run|Only crawlers/)
  }
  expect(renderPage(result, { endpoint: 'http://127.0.0.1:4318' })).not.toContain('Show them')
})

it('says of which runs a clock was ahead when they arrived', async () => {
  const ahead = (name: string, hours: number) =>
    enter(runId(T + hours * HOUR, name), 'cart', T + hours * HOUR, {
      attributes: { 'throughline.event.ahead_ms': hours * HOUR },
    })
  const rows = [...visitOf('right'), ...[2, 20, 48].map((hours) => ahead(`ahead-${hours}`, hours))]
  const result = await reported(rows)
  expect(result.journeys[0]!.runs).toBe(4)
  expect(result.trust.clocksAhead).toEqual({ runs: 3, most: 48 * HOUR })
  expect(renderTerminal(result, bare).replaceAll(/\s+/g, ' ')).toContain(
    '3 runs arrived before they had happened, by the device’s clock, up to 2 d',
  )
})

it('shows why events were refused, and how many errors pages left out', async () => {
  const account = (page: string, emitted: number, refused: object, ignored: number) =>
    span('throughline.delivery', T, {
      run: '',
      attributes: {
        'throughline.page.id': page,
        'throughline.delivery.emitted': emitted,
        'throughline.delivery.refused': 2,
        'throughline.delivery.refused_for': JSON.stringify(refused),
        'throughline.error.ignored': ignored,
      },
    })
  const result = await reported([
    ...visitOf('anna'),
    account('a', 5, { 'too old': 1 }, 1),
    account('a', 9, { 'too old': 2, 'HTTP 400': 1 }, 4),
    account('b', 9, { 'HTTP 400': 3 }, 3),
    account('c', 9, [], 0),
  ])
  expect(result.trust.delivery).toMatchObject({
    errorsIgnored: 7,
    refusedFor: [
      { reason: 'HTTP 400', events: 4 },
      { reason: 'too old', events: 2 },
    ],
  })
  for (const text of [renderTerminal(result, bare), renderHtml(result)].map((one) =>
    one.replaceAll(/\s+/g, ' '),
  )) {
    expect(text).toContain('Refused for: 4 HTTP 400, 2 too old.')
    expect(text).toContain('7 errors left out by pages')
  }
})

it('shows what servers say of their events, apart from what pages say', async () => {
  const account = (instance: string, source: 'server' | 'browser', counts: Record<string, number>) =>
    span('throughline.delivery', T, {
      run: '',
      source,
      resource: { 'service.instance.id': instance },
      attributes: Object.fromEntries(
        Object.entries(counts).map(([name, number]) => [`throughline.delivery.${name}`, number]),
      ),
    })
  const result = await reported([
    ...visitOf('anna'),
    account('one', 'server', { emitted: 40, delivered: 30, pending: 10 }),
    account('one', 'server', { emitted: 90, delivered: 80, dropped: 6, refused: 1, pending: 3 }),
    account('two', 'server', { emitted: 10, delivered: 10, recovered: 2 }),
    // A browser that calls itself an instance is counted among pages.
    account('made-up', 'browser', { emitted: 1000, dropped: 1000 }),
  ])
  const { servers, delivery, notes } = result.trust
  expect(servers).toEqual({
    ...{ instances: 2, emitted: 100, delivered: 90, refused: 1, dropped: 6, pending: 3, recovered: 2 },
  })
  expect(delivery).toMatchObject({ pages: 1, emitted: 1000, dropped: 1000 })
  expect(notes).toContainEqual(
    expect.objectContaining({ level: 'warning', text: 'Servers dropped 6 of 100 events (6.0 %).' }),
  )
  for (const text of [renderTerminal(result, bare), renderHtml(result)].map((one) =>
    one.replaceAll(/\s+/g, ' '),
  ))
    expect(text).toContain(
      '2 server processes kept 100 events until taken: 90 delivered, 6 dropped, 1 refused, 3 on the way. 2 events arrived after a restart.',
    )
})

it('groups what differs only by an id, and names frequent errors whose cost is not known', async () => {
  const ids = ['0193f0a0-7e2c-7def-8abc-0123456789ab', '0193f0a0-7e2c-7def-8abc-0123456789ff']
  const rows = ids.flatMap((id, at) => {
    const about = { run: runId(T, `r${at}`), step: 'cart' }
    return [
      enter(about.run, 'cart', T),
      span('exception', T + 5, {
        ...about,
        attributes: { 'exception.type': 'Error', 'exception.message': `order ${id} is gone` },
      }),
    ]
  })
  const result = await reported(rows)
  expect(result.journeys[0]!.errors).toMatchObject([{ label: 'Error: order :id is gone', runs: 2 }])
  expect(renderTerminal(result, bare)).toMatch(/order :id is gone .*too little to tell/)
  expect(renderHtml(result)).toContain('Frequent, but too little to tell')
})
