import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Journey } from '@throughline/core'
import { defineJourney } from '@throughline/core'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { ADDRESSES } from '../../../core/src/steps-by-address.cases'
import type { AnalyseOptions } from '../ask/analyse'
import { openEngine } from '../open-engine'
import type { SpanRow } from '../testing'
import { randomFrom } from '../testing'
import { analyseExisting } from './analyse-existing'
import type { StoredSpan } from './existing-span'
import { readExisting, stretchesOf } from './read-existing'

vi.setConfig({ testTimeout: 120_000 })

const MINUTE = 60_000
const START = Date.UTC(2026, 5, 1, 9)
const shop = defineJourney('checkout', {
  version: '1',
  steps: [
    { name: 'cart', at: '/cart' },
    { name: 'payment', at: '/checkout/:step' },
    { name: 'paid', at: '/orders/:id' },
  ],
  converts: 'paid',
  within: '2h',
  idle: '30m',
})

let data: string
let made = 0
beforeEach(() => {
  data = mkdtempSync(join(tmpdir(), 'throughline-existing-test-'))
})
afterEach(() => rmSync(data, { recursive: true, force: true }))

type Attributes = Record<string, string>
interface Row extends SpanRow {
  'Events.Timestamp': string[]
  'Events.Name': string[]
  'Events.Attributes': Attributes[]
}

/** A span of somebody else's instrumentation. */
function span(time: number, attributes: Attributes, own: Partial<Row> = {}): Row {
  const id = (++made).toString(16)
  return {
    Timestamp: (time / 1000).toFixed(6),
    TraceId: id.padStart(32, '0'),
    SpanId: id.padStart(16, '0'),
    ParentSpanId: '',
    TraceState: '',
    SpanName: 'documentLoad',
    SpanKind: 'Internal',
    ServiceName: 'web',
    ResourceAttributes: { 'telemetry.sdk.language': 'webjs', 'browser.mobile': 'false' },
    SpanAttributes: attributes,
    Duration: 0,
    StatusCode: 'Unset',
    'Events.Timestamp': [],
    'Events.Name': [],
    'Events.Attributes': [],
    ...own,
  }
}

const page = (time: number, session: string, path: string, own: Partial<Row> = {}) =>
  span(time, { 'session.id': session, 'url.full': `https://shop.example${path}` }, own)

async function fill(rows: readonly Row[]) {
  const engine = await openEngine({ folder: data })
  await engine.insert('otel_traces', rows)
  await engine.close()
}

async function report(rows: readonly Row[], options: AnalyseOptions = {}, journeys: Journey[] = [shop]) {
  await fill(rows)
  return analyseExisting({ folder: data }, { journeys, hypotheses: [] }, { ...options })
}

const funnelOf = ({ journeys: [journey] }: Awaited<ReturnType<typeof report>>) => ({
  runs: journey!.runs,
  reached: journey!.steps.map(({ reached }) => reached),
  conversions: journey!.conversions,
})

it('reads addresses as pages and servers do', async () => {
  const journeys = ADDRESSES.map(([at], index) =>
    defineJourney(`case-${index}`, {
      version: '1',
      steps: [{ name: 'here', at }, 'other'],
      converts: 'other',
    }),
  )
  const engine = await openEngine({ folder: data })
  await engine.insert(
    'otel_traces',
    ADDRESSES.map(([, address], index) => page(START + index, `${index}`, address)),
  )
  const entered = new Set<string>()
  const take = (rows: readonly StoredSpan[]) => {
    for (const { SpanName, SpanAttributes } of rows)
      if (SpanName === 'documentLoad')
        entered.add(`${SpanAttributes['throughline.journey.name']} ${SpanAttributes['session.id']}`)
  }
  await readExisting(engine, journeys, { first: 0, last: START + MINUTE }, take)
  await engine.close()
  for (const [index, [at, address, matches]] of ADDRESSES.entries())
    expect({ at, address, matches: entered.has(`case-${index} ${index}`) }).toEqual({ at, address, matches })
})

it('counts 200 visitors as they went, whatever said where they were', async () => {
  const random = randomFrom(17)
  const reached = [0, 0, 0]
  const said = [
    (path: string) => ({ 'url.path': path }),
    (path: string) => ({ 'http.route': path }),
    (path: string) => ({ 'url.full': `https://shop.example${path}?utm=1` }),
    (path: string) => ({
      'browser.document.url.full': `https://shop.example${path}`,
      'url.full': 'https://shop.example/api/x',
    }),
    (path: string) => ({ 'page.url': path, 'url.path': '/checkout/api' }),
  ]
  const rows = Array.from({ length: 200 }, (_, visitor) => {
    const session = `visitor-${visitor}`
    const start = START + visitor * MINUTE
    const far = 1 + Number(random() < 0.6) + Number(random() < 0.5)
    return ['/cart', '/checkout/card', `/orders/${visitor}`].slice(0, far).map((path, place) => {
      reached[place]!++
      const time = start + place * MINUTE
      const which = Math.floor(random() * (said.length + 1))
      const attributes: Attributes = { 'session.id': session, ...said[which]?.(path) }
      return span(time, attributes, { SpanName: said[which] ? 'anything' : `GET ${path}` })
    })
  }).flat()
  const result = await report(rows)
  expect(funnelOf(result)).toEqual({ runs: reached[0], reached, conversions: reached[2] })
  const { steps } = result.journeys[0]!
  expect(steps.map(({ timeToNext }) => timeToNext?.p50)).toEqual([MINUTE, MINUTE, undefined])
})

describe('what makes a run', () => {
  it('is a session, which `idle` and `within` cut', async () => {
    const often = Array.from({ length: 9 }, (_, i) => page(START + i * 20 * MINUTE, 'c', '/cart'))
    const result = await report([
      page(START, 'a', '/cart'),
      page(START + 31 * MINUTE, 'a', '/cart'),
      page(START + 32 * MINUTE, 'a', '/checkout/card'),
      page(START, 'b', '/cart'),
      page(START + 29 * MINUTE, 'b', '/checkout/card'),
      // Never idle, but longer than two hours.
      ...often,
    ])
    expect(funnelOf(result)).toEqual({ runs: 5, reached: [5, 2, 0], conversions: 0 })
  })

  it('is a session that another span of the trace names, or the resource', async () => {
    const cart = page(START, 's', '/cart')
    const payment = span(
      START + MINUTE,
      { 'url.path': '/checkout/card', 'http.request.method': 'GET' },
      { SpanKind: 'Server', ServiceName: 'shop', ResourceAttributes: {} },
    )
    const click = span(START + MINUTE, { 'session.id': 's' }, { TraceId: payment.TraceId, SpanName: 'click' })
    const paid = span(
      START + 2 * MINUTE,
      { 'url.path': '/orders/7' },
      { ResourceAttributes: { 'session.id': 's' } },
    )
    expect(funnelOf(await report([cart, payment, click, paid]))).toEqual({
      runs: 1,
      reached: [1, 1, 1],
      conversions: 1,
    })
  })

  it('is a person where there is no session, and who is neither is left out and said', async () => {
    const result = await report([
      span(START, { 'enduser.id': 'ada', 'url.path': '/cart' }),
      span(START + MINUTE, { 'enduser.id': 'ada', 'url.path': '/checkout/card' }),
      span(START, { 'url.path': '/cart' }),
    ])
    expect(funnelOf(result)).toEqual({ runs: 1, reached: [1, 1, 0], conversions: 0 })
    expect(result.trust.notes.map(({ text }) => text)).toContain(
      '1 of 3 spans with the address of a step (33.3 %) have neither session.id nor enduser.id, and are left out.',
    )
  })

  it('is a trace where nobody is named', async () => {
    const cart = span(START, { 'url.path': '/cart' })
    const result = await report([
      cart,
      span(START + MINUTE, { 'url.path': '/checkout/card' }, { TraceId: cart.TraceId }),
      span(START, { 'url.path': '/cart' }),
    ])
    expect(funnelOf(result)).toEqual({ runs: 2, reached: [2, 1, 0], conversions: 0 })
    expect(result.trust.notes).toContainEqual(
      expect.objectContaining({ level: 'warning', text: expect.stringContaining('each trace is a run') }),
    )
  })
})

it('takes no request of a page, no form and no redirect for a page', async () => {
  const server = { SpanKind: 'Server', ServiceName: 'shop' }
  const result = await report([
    page(START, 's', '/cart'),
    page(START + 1, 's', '/checkout/prefetched', { SpanKind: 'Client' }),
    span(
      START + 2,
      { 'session.id': 's', 'url.path': '/checkout/card', 'http.request.method': 'POST' },
      server,
    ),
    span(
      START + 3,
      {
        'session.id': 's',
        'url.path': '/orders/7',
        'http.request.method': 'GET',
        'http.response.status_code': '302',
      },
      server,
    ),
  ])
  expect(funnelOf(result)).toEqual({ runs: 1, reached: [1, 0, 0], conversions: 0 })
})

it('is not led back by a vital that is said once the next page is seen', async () => {
  const vital = page(START + MINUTE + 1, 's', '/cart', { SpanName: 'browser.web_vital' })
  Object.assign(vital.SpanAttributes, {
    'browser.web_vital.name': 'lcp',
    'browser.web_vital.value': '2700',
    'browser.web_vital.id': 'v1',
    'browser.web_vital.navigation_type': 'navigate',
  })
  await fill([
    page(START, 's', '/cart'),
    page(START + MINUTE, 's', '/checkout/card', { SpanKind: 'Internal', Duration: 0 }),
    vital,
    page(START + MINUTE + 2, 's', '/checkout/card', { Duration: 9e8 }),
  ])
  const engine = await openEngine({ folder: data })
  const stored: StoredSpan[] = []
  await readExisting(engine, [shop], { first: 0, last: START + 5 * MINUTE }, (rows) => stored.push(...rows))
  await engine.close()
  const named = (name: string) =>
    stored.filter(({ SpanName }) => SpanName === name).map(({ SpanAttributes }) => SpanAttributes)
  expect(named('throughline.step.enter').map((own) => own['throughline.step.name'])).toEqual([
    'cart',
    'payment',
  ])
  expect(named('browser.web_vital')).toMatchObject([{ 'throughline.step.name': 'cart' }])
  // The load counts that began with the page, though another span was the first sign of it.
  expect(named('throughline.step.ready')).toMatchObject([{ 'throughline.step.ready_ms': '902' }])
})

it('joins errors, endpoints and the time that pages took to conversion', async () => {
  const rows = Array.from({ length: 60 }, (_, visitor) => {
    const session = `${visitor}`
    const start = START + visitor * MINUTE
    const isBad = visitor % 2 === 0
    const ask = page(start + 20_000, session, '/api/pay', { SpanKind: 'Client', SpanName: 'POST' })
    const answer = span(
      start + 20_010,
      {
        'http.request.method': 'POST',
        'http.route': '/api/pay',
        'http.response.status_code': isBad ? '500' : '200',
      },
      {
        ...{ TraceId: ask.TraceId, ParentSpanId: ask.SpanId, SpanKind: 'Server', ServiceName: 'shop' },
        ...{ SpanName: 'POST /api/pay', ResourceAttributes: {}, StatusCode: isBad ? 'Error' : 'Unset' },
        ...(isBad && {
          'Events.Timestamp': [`${start / 1000 + 20}`],
          'Events.Name': ['exception'],
          'Events.Attributes': [{ 'exception.type': 'CardError', 'exception.message': 'declined' }],
        }),
      },
    )
    // The same exception on its way out.
    const inner = {
      ...answer,
      SpanId: `f${answer.SpanId.slice(1)}`,
      SpanKind: 'Internal',
      SpanName: 'charge',
    }
    return [
      page(start, session, '/cart', { Duration: 1.5e9 }),
      page(start + 10_000, session, '/checkout/card', { Duration: (isBad ? 4 : 1) * 1e9 }),
      ask,
      answer,
      inner,
      ...(isBad ? [] : [page(start + 30_000, session, `/orders/${visitor}`)]),
    ]
  }).flat()
  const result = await report(rows, { since: new Date(START), until: new Date(START + 864e5) })
  const [journey] = result.journeys
  expect(funnelOf(result)).toEqual({ runs: 60, reached: [60, 60, 30], conversions: 30 })
  expect(journey!.steps[0]!.ready).toMatchObject({ p50: 1500 })
  expect(journey!.errors).toMatchObject([
    { label: expect.stringContaining('CardError'), runs: 30, converted: 0 },
  ])
  expect(journey!.endpoints.find(({ kind }) => kind === 'failing-endpoint')).toMatchObject({
    runs: 30,
    converted: 0,
    service: 'shop',
    key: expect.stringContaining('POST /api/pay'),
  })
  expect(journey!.latency.some(({ step, measure }) => step === 'payment' && measure === 'ready')).toBe(true)
})

it('begins with the runs of the time asked for, and with no run that began before', async () => {
  const rows = [
    page(START - MINUTE, 'before', '/cart'),
    page(START + MINUTE, 'before', '/checkout/card'),
    page(START, 'in', '/cart'),
    page(START + 2 * MINUTE, 'in', '/checkout/card'),
    page(START + MINUTE, 'after', '/cart'),
  ]
  const time = { since: new Date(START), until: new Date(START + MINUTE) }
  expect(funnelOf(await report(rows, time))).toEqual({ runs: 1, reached: [1, 1, 0], conversions: 0 })
})

it('counts a step without an address as optional, and says so', async () => {
  const journey = defineJourney('checkout', {
    version: '1',
    steps: [{ name: 'cart', at: '/cart' }, 'shipping', { name: 'payment', at: '/checkout/:step' }, 'paid'],
    converts: 'paid',
  })
  const result = await report([page(START, 's', '/cart'), page(START + 1, 's', '/checkout/card')], {}, [
    journey,
  ])
  expect(funnelOf(result)).toEqual({ runs: 1, reached: [1, 0, 1, 0], conversions: 0 })
  expect(result.trust.notes.map(({ text }) => text)).toEqual(
    expect.arrayContaining(['checkout converts at paid, which has no `at`: no conversion is known.']),
  )
})

it('leaves nothing behind, and nothing in the data', async () => {
  const temporary = join(data, 'tmp')
  mkdirSync(temporary)
  vi.stubEnv('TMPDIR', temporary)
  const result = await report([page(START, 's', '/cart')])
  vi.unstubAllEnvs()
  expect(funnelOf(result).runs).toBe(1)
  expect(readdirSync(temporary)).toEqual([])
  const engine = await openEngine({ folder: data })
  expect(await engine.query('SELECT count() AS spans FROM otel_traces')).toEqual([{ spans: 1 }])
  expect(await engine.query('SELECT count() AS visits FROM throughline_visits')).toEqual([{ visits: 0 }])
  await engine.close()
})

it('takes a conversion that it derives from a server’s span for no forged one', async () => {
  const server = { SpanKind: 'Server', ResourceAttributes: { 'telemetry.sdk.language': 'nodejs' } }
  const result = await report([
    page(START, 's', '/cart', server),
    page(START + MINUTE, 's', '/orders/1', server),
  ])
  expect(result.journeys[0]!.beganLater.runs + funnelOf(result).runs).toBeGreaterThan(0)
  expect(result.trust.notes.map(({ kind }) => kind)).not.toContain('forged')
})

it('needs a step with an address', async () => {
  const plain = defineJourney('plain', { version: '1', steps: ['a', 'b'], converts: 'b' })
  await expect(analyseExisting({ folder: data }, { journeys: [plain], hypotheses: [] })).rejects.toThrow(
    /no step of the journeys has an address/,
  )
})

it('says what it needs where the spans may not be read', async () => {
  const server = createServer(async (request, response) => {
    const { searchParams } = new URL(request.url!, 'http://localhost')
    let sql = searchParams.get('query') ?? ''
    for await (const chunk of request) sql += chunk
    if (!sql.includes('FROM otel_traces')) return void response.end()
    response.writeHead(403, { 'X-ClickHouse-Exception-Code': '497' })
    response.end('Code: 497. DB::Exception: ada: Not enough privileges. (ACCESS_DENIED)')
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const url = `http://ada@127.0.0.1:${(server.address() as AddressInfo).port}/otel`
  try {
    await expect(analyseExisting({ url }, { journeys: [shop], hypotheses: [] })).rejects.toThrow(
      /the right to SELECT from it; nothing is written there\. ClickHouse at .*Not enough privileges/,
    )
  } finally {
    server.close()
  }
})

it('reads few spans at once, and an hour as a whole', () => {
  const hour = (at: number, spans: number) => ({ hour: at * 3_600_000, spans, named: 0 })
  expect(stretchesOf([hour(0, 10), hour(1, 20), hour(5, 49_990), hour(6, 90_000)])).toEqual([
    { first: 0, last: 2 * 3_600_000 },
    { first: 5 * 3_600_000, last: 6 * 3_600_000 },
    { first: 6 * 3_600_000, last: 7 * 3_600_000 },
  ])
})
