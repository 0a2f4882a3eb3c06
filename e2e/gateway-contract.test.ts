import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Attributes, AttributeValue } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import type { Engine } from '@throughline/analysis'
import { openEngine } from '@throughline/analysis'
import { EVENT_SPANS } from '@throughline/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { buildCollector, NO_GO } from '../collector-config/build.ts'
import type { Service } from '../scripts/processes.ts'
import { createSchema, startBridge, tablesOf } from './collector/bridge-process.ts'
import type { Gateway } from './collector/gateway.ts'
import { startGateway } from './collector/gateway.ts'
import type { Given } from './collector/spans.ts'
import { CONTEXT, RUN, runOf, send, spans, strings } from './collector/spans.ts'

// The gateway holds the wire contract (docs/attributes.md): the real collector, a table of inputs for each rule.

const collector = await buildCollector()
if (!collector && process.env.CI) throw new Error(NO_GO)

const DAY = 864e5
const HEX = '0123456789abcdef0123456789abcdef'

/** A key of the contract, values that it can have, and values that it cannot. */
const VALUES: [key: string, good: AttributeValue[], bad: AttributeValue[]][] = [
  ['throughline.journey.version', ['1', '2026-11.rc_1', 'x'.repeat(32)], ['', 'a b', 'x'.repeat(33), '1\n']],
  ['throughline.step.name', ['payment'], ['Payment', '<b>', '-a', 'x'.repeat(49)]],
  ['throughline.step.index', [0, '12'], [-1, 'x', 1.5, '1e3']],
  ['throughline.visit.id', [HEX], ['', HEX.slice(1), `${HEX}0`, HEX.toUpperCase(), 7]],
  ['throughline.visit.index', [1, '4', 9999], [0, -1, 'x', 1.5, 10_000]],
  ['throughline.visit.after', [0, 4, '4'], [-1, 'x', 1.5, 10_000]],
  ['throughline.run.threshold', ['c', '0', 'e6666666666666'], ['', 'C', 'x', '0'.repeat(15)]],
  ['throughline.event.id', [HEX], ['short', true]],
  ['throughline.event.legacy_id', [HEX], ['short']],
  ['throughline.event.seq', [1, '12'], [-1, 'x', 1.5]],
  ['throughline.event.resent', [true, 'true'], [false, 'yes', 1]],
  ['throughline.page.id', [HEX], ['short']],
  ['throughline.step.ready_source', ['app', 'component', 'auto'], ['me', '']],
  ['throughline.run.outcome', ['converted', 'failed', 'abandoned'], ['won', '']],
  ['throughline.run.outcome_at', [1795824000000, '1795824000000'], ['now', -1, 1.5, '9'.repeat(16)]],
  ['throughline.first_interaction.duration_ms', [24, 24.5, '24', 1e-7], [-1, 'NaN', 'x']],
  ['throughline.mark.kind', ['deploy', 'incident'], ['party']],
  ['throughline.mark.end', [1795824000000], ['x', -1]],
  ['throughline.subject.id', ['a1', 'x'.repeat(256)], ['x'.repeat(257)]],
  ['throughline.subject.previous', ['a1', 'x'.repeat(256)], ['x'.repeat(257)]],
]

const EVENT_ONLY = {
  'throughline.event.id': HEX,
  'throughline.event.source': 'browser',
  'throughline.event.seq': 1,
  'throughline.event.anything': 'x',
  'throughline.conversion.value': 1e9,
  'throughline.conversion.currency': 'EUR',
  'throughline.run.outcome': 'converted',
  'throughline.run.outcome_at': 1795824000000,
  'throughline.run.end_reason': 'x',
}
const VISIT = { 'throughline.visit.id': HEX, 'throughline.visit.index': 4 }

/** Attributes as OTLP's JSON has them. */
const attributesOf = (attributes: Attributes) =>
  Object.entries(strings(attributes)).map(([key, stringValue]) => ({ key, value: { stringValue } }))

describe.skipIf(!collector)('the gateway and the wire contract', () => {
  const folder = mkdtempSync(join(tmpdir(), 'throughline-gateway-'))
  let bridge: Service
  let gateway: Gateway
  let engine: Engine

  beforeAll(async () => {
    bridge = await startBridge(join(folder, 'clickhouse'))
    await createSchema(bridge)
    engine = await openEngine({ url: tablesOf(bridge) })
    gateway = await startGateway(collector!, join(folder, 'queue'), bridge.url)
  })
  afterAll(async () => {
    await gateway?.stop()
    await engine?.close()
    await bridge?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  const DOORS = {
    public: () => new OTLPTraceExporter({ url: `${gateway.publicUrl}/v1/traces` }),
    internal: () => new OTLPTraceExporter({ url: `${gateway.internalUrl}/v1/traces` }),
  }

  /** Sends spans; answers with the attributes of each as they are stored, undefined for one that is not. */
  async function through(door: keyof typeof DOORS, service: string, given: readonly Given[]) {
    const sent = spans(service, [...given, { name: 'last' }])
    const ids = sent.map((span) => span.spanContext().spanId)
    await send(DOORS[door](), sent)
    const stored = async () => {
      const rows = await engine.query<{ id: string; attributes: Record<string, string> }>(
        'SELECT SpanId AS id, SpanAttributes AS attributes FROM otel_traces WHERE ServiceName = {service:String}',
        { service },
      )
      return new Map(rows.map(({ id, attributes }) => [id, attributes]))
    }
    // One request is one batch: what has not come with the last one does not come any more.
    await expect.poll(async () => (await stored()).has(ids.at(-1)!), { timeout: 60_000 }).toBe(true)
    const found = await stored()
    return ids.slice(0, -1).map((id) => found.get(id))
  }

  /** Sends log records; answers with the attributes of those that arrived, by their bodies. */
  async function logs(service: string, records: Record<string, object>) {
    const resource = { attributes: attributesOf({ 'service.name': service }) }
    const logRecords = Object.entries({ ...records, last: {} }).map(([stringValue, record]) => ({
      body: { stringValue },
      ...record,
    }))
    const { ok } = await fetch(`${gateway.publicUrl}/v1/logs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ resourceLogs: [{ resource, scopeLogs: [{ logRecords }] }] }),
    })
    expect(ok).toBe(true)
    const rows = () =>
      engine.query<{ body: string; time: number; attributes: Record<string, string> }>(
        `SELECT Body AS body, toUnixTimestamp64Milli(toDateTime64(Timestamp, 3)) AS time, LogAttributes AS attributes
         FROM otel_logs WHERE ServiceName = {service:String}`,
        { service },
      )
    await expect
      .poll(async () => (await rows()).some(({ body }) => body === 'last'), { timeout: 60_000 })
      .toBe(true)
    return (await rows()).filter(({ body }) => body !== 'last').sort((a, b) => (a.body < b.body ? -1 : 1))
  }

  it("takes what a page says of its events whatever the page's clock, and dates it as of now", async () => {
    const time = [-40, 4].map((days) => Date.now() + days * DAY)
    const found = await through(
      'public',
      'clocks',
      time.flatMap((time) => [
        { name: 'throughline.delivery', time, attributes: { 'throughline.page.id': HEX } },
        { name: 'throughline.satisfaction', time },
      ]),
    )
    const account = { 'throughline.page.id': HEX }
    expect(found).toEqual([account, undefined, account, undefined])
    const [{ days } = {}] = await engine.query<{ days: number[] }>(
      `SELECT groupUniqArray(dateDiff('day', Timestamp, now())) AS days FROM otel_traces
       WHERE ServiceName = 'clocks'`,
    )
    expect(days!.map(Number)).toEqual([0])
  })

  it("says by how much an event was ahead of the gateway's clock, whatever the sender says of it", async () => {
    const said = { 'throughline.event.ahead_ms': 5 }
    const found = await through('public', 'ahead', [
      ...[2, 0].map((hours) => ({
        name: 'throughline.step.enter',
        time: Date.now() + hours * 36e5,
        attributes: { ...CONTEXT, ...said },
      })),
      { name: 'GET', time: Date.now() + 2 * 36e5, attributes: { ...CONTEXT, ...said } },
    ])
    const ahead = found.map((attributes) => attributes?.['throughline.event.ahead_ms'])
    expect(ahead.slice(1)).toEqual([undefined, undefined])
    // However long the way took.
    expect(Number(ahead[0])).toBeGreaterThan(36e5)
    expect(Number(ahead[0])).toBeLessThanOrEqual(2 * 36e5)
  })

  it('takes a value out that is not what the contract says, and leaves the span', async () => {
    const cases = VALUES.flatMap(([key, good, bad]) => [
      ...good.map((value) => ({ key, value, isGood: true })),
      ...bad.map((value) => ({ key, value, isGood: false })),
    ])
    // The same rules hold at both doors; thresholds are believed at this one alone.
    const found = await through(
      'internal',
      'values',
      cases.map(({ key, value }) => ({
        name: 'throughline.run.end',
        attributes: { ...CONTEXT, [key]: value },
      })),
    )
    for (const [at, { key, value, isGood }] of cases.entries()) {
      const { [key]: _, ...rest } = strings(CONTEXT)
      expect(found[at], `${key} = ${value}`).toEqual(isGood ? { ...rest, [key]: `${value}` } : rest)
    }
  })

  it('reads what a conversion is worth as browsers and servers do', async () => {
    const worths: [value: AttributeValue, currency: AttributeValue, stored: Record<string, string>][] = [
      [40, 'EUR', { value: '40', currency: 'EUR' }],
      ['50.00', 'eur', { value: '50', currency: 'EUR' }],
      [' .5 ', ' usd ', { value: '0.5', currency: 'USD' }],
      ['+7', 'Usd', { value: '7', currency: 'USD' }],
      [-20, 'EUR', { currency: 'EUR' }],
      ['-20', 'euro', {}],
      ['1e3', '€', {}],
      ['forty', 7, {}],
    ]
    const names = (worth: Record<string, AttributeValue>) =>
      Object.fromEntries(Object.entries(worth).map(([key, it]) => [`throughline.conversion.${key}`, it]))
    const found = await through(
      'public',
      'worths',
      worths.map(([value, currency]) => ({
        name: 'throughline.run.end',
        attributes: { ...CONTEXT, ...names({ value, currency }) },
      })),
    )
    expect(found).toEqual(worths.map(([, , stored]) => ({ ...strings(CONTEXT), ...names(stored) })))
  })

  it('takes the whole journey out where its run cannot have been', async () => {
    const now = Date.now()
    const days = [-401, -399, 2.9, 3.1]
    const all = { ...CONTEXT, ...VISIT, 'throughline.hypothesis.one-page': 'control', kept: 'yes' }
    const found = await through(
      'internal',
      'runs',
      days.map((day) => ({
        name: 'GET',
        attributes: { ...all, 'throughline.run.id': runOf(now + day * DAY) },
      })),
    )
    const kept = days.map((day) => strings({ ...all, 'throughline.run.id': runOf(now + day * DAY) }))
    expect(found).toEqual([{ kept: 'yes' }, kept[1], kept[2], { kept: 'yes' }])
  })

  it('refuses spans of another time', async () => {
    const found = await through(
      'public',
      'times',
      [-31.1, -30.9, 2.9, 3.1].map((day) => ({ name: 'GET', time: Date.now() + day * DAY })),
    )
    expect(found).toEqual([undefined, {}, {}, undefined])
  })

  it('judges a log record by the time that is stored', async () => {
    const now = Date.now()
    const at = (day: number) => `${Math.floor(now + day * DAY)}000000`
    const found = await logs('log times', {
      'happened early, seen now': { timeUnixNano: at(-31.1), observedTimeUnixNano: at(0) },
      'seen early': { observedTimeUnixNano: at(-31.1) },
      'seen late': { observedTimeUnixNano: at(3.1) },
      a: { timeUnixNano: at(-1), observedTimeUnixNano: at(-60) },
      b: { observedTimeUnixNano: at(-2) },
      c: {},
    })
    expect(found.map(({ body }) => body)).toEqual(['a', 'b', 'c'])
    expect(found.slice(0, 2).map(({ time }) => Number(time))).toEqual([now - DAY, now - 2 * DAY])
    expect(Number(found[2]!.time)).toBeGreaterThanOrEqual(now)
  })

  it.each(['public', 'internal'] as const)(
    'believes what events say of event spans alone, at the %s door',
    async (door) => {
      const others = ['GET /orders', 'throughline.run', 'throughline.run.end ', 'Exception', 'x exception']
      const isTaken = (name: string) => door === 'internal' || name !== 'throughline.mark'
      const names = [...EVENT_SPANS.filter(isTaken), ...others]
      const found = await through(
        door,
        `event-only ${door}`,
        names.map((name) => ({ name, attributes: { ...CONTEXT, ...VISIT, ...EVENT_ONLY } })),
      )
      for (const [at, name] of names.entries())
        expect(found[at], name).toEqual(
          strings({ ...CONTEXT, ...VISIT, ...(!others.includes(name) && EVENT_ONLY) }),
        )
    },
  )

  it('believes no log record to be an event, and holds its journey to the same rules', async () => {
    const old = { 'throughline.run.id': runOf(Date.now() - 401 * DAY) }
    const found = await logs('log contract', {
      a: {
        attributes: attributesOf({ ...CONTEXT, ...VISIT, ...EVENT_ONLY }),
        eventName: 'throughline.run.end',
      },
      b: { attributes: attributesOf({ ...CONTEXT, ...VISIT, ...old, kept: 'yes' }) },
      c: {
        attributes: attributesOf({ ...CONTEXT, 'throughline.visit.id': 'x', 'throughline.step.name': 'X' }),
      },
    })
    const { 'throughline.step.name': _, ...rest } = strings(CONTEXT)
    expect(found.map(({ attributes }) => attributes)).toEqual([
      strings({ ...CONTEXT, ...VISIT }),
      { kept: 'yes' },
      rest,
    ])
  })

  it('takes marks from back ends only, and aliases from anyone', async () => {
    const given = ['throughline.mark', 'throughline.alias'].map((name) => ({ name }))
    expect(await through('public', 'public marks', given)).toEqual([undefined, {}])
    expect(await (await fetch(gateway.telemetryUrl)).text()).toContain(
      'otelcol_processor_filter_spans_filtered{filter="filter/public"} 1',
    )
    expect(await through('internal', 'internal marks', given)).toEqual([{}, {}])
  })

  it('keeps the journey of a span that has too many attributes', async () => {
    const many = Object.fromEntries(Array.from({ length: 300 }, (_, index) => [`a${index}`, 'x']))
    const event = { 'throughline.event.id': HEX, 'throughline.event.seq': 7, 'throughline.page.id': HEX }
    const all = { ...many, ...CONTEXT, ...VISIT, 'throughline.visit.after': 3, ...event }
    const [found] = await through('public', 'many', [{ name: 'throughline.step.enter', attributes: all }])
    expect(found).toMatchObject(
      strings({ ...CONTEXT, ...VISIT, 'throughline.visit.after': 3, ...event, 'throughline.run.id': RUN }),
    )
    expect(Object.keys(found!).length).toBeLessThanOrEqual(128)
  })
})
