import { gzipSync } from 'node:zlib'
import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { OTLPLogExporter } from '@opentelemetry/exporter-logs-otlp-http'
import { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchLogRecordProcessor, LoggerProvider } from '@opentelemetry/sdk-logs'
import { BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Dev } from '../dev'
import { JSON_BODY, jsonSpan, runId, send, startTestDev, traces } from './testing'

let dev: Dev
beforeAll(async () => {
  dev = await startTestDev({ origins: ['https://shop.example'] })
})
afterAll(() => dev.close())

// Times as nanoseconds: as text they would depend on the machine's time zone.
const spansNamed = (name: string) =>
  dev.engine.query<Record<string, unknown>>(
    `SELECT * REPLACE (
       toString(toUnixTimestamp64Nano(Timestamp)) AS Timestamp,
       arrayMap(time -> toString(toUnixTimestamp64Nano(time)), Events.Timestamp) AS \`Events.Timestamp\`)
     FROM otel_traces WHERE SpanName = {name:String}`,
    { name },
  )

describe.each([
  ['JSON', JsonExporter, undefined],
  ['protobuf', ProtobufExporter, undefined],
  ['gzipped JSON', JsonExporter, 'gzip'],
  ['gzipped protobuf', ProtobufExporter, 'gzip'],
] as const)('the exporter for %s', (what, Exporter, compression) => {
  test('has its spans stored, as the collector would store them, once it is answered', async () => {
    const exporter = new Exporter({
      url: `${dev.url}/v1/traces`,
      ...(compression && { compression: compression as never }),
    })
    const provider = new BasicTracerProvider({
      resource: resourceFromAttributes({ 'service.name': 'shop', 'service.version': '1' }),
      spanProcessors: [new BatchSpanProcessor(exporter)],
    })
    const tracer = provider.getTracer('a scope', '2')
    const run = runId()
    const linked = tracer.startSpan('other').spanContext()
    const start = new Date(Date.now() - 60_000)
    const span = tracer.startSpan(what, {
      kind: SpanKind.SERVER,
      startTime: start,
      attributes: {
        'throughline.run.id': run,
        int: 3,
        double: 0.25,
        tiny: 1e-7,
        yes: true,
        text: 'ünï "quoted"\n\u0000🛒',
        list: ['a', 'b'],
        numbers: [1, 2.5],
      },
      links: [{ context: linked, attributes: { why: 'because' } }],
    })
    span.addEvent('happened', { n: 1 }, start)
    span.setStatus({ code: SpanStatusCode.ERROR, message: 'no' })
    span.end(new Date(start.getTime() + 1500))
    await provider.forceFlush()

    expect(await spansNamed(what)).toEqual([
      {
        Timestamp: `${start.getTime()}000000`,
        TraceId: span.spanContext().traceId,
        SpanId: span.spanContext().spanId,
        ParentSpanId: '',
        TraceState: '',
        SpanName: what,
        SpanKind: 'Server',
        ServiceName: 'shop',
        ResourceAttributes: { 'service.name': 'shop', 'service.version': '1' },
        ScopeName: 'a scope',
        ScopeVersion: '2',
        SpanAttributes: {
          'throughline.run.id': run,
          int: '3',
          double: '0.25',
          tiny: '1e-7',
          yes: 'true',
          text: 'ünï "quoted"\n\u0000🛒',
          list: '["a","b"]',
          numbers: '[1,2.5]',
        },
        Duration: 1_500_000_000,
        StatusCode: 'Error',
        StatusMessage: 'no',
        'Events.Timestamp': [`${start.getTime()}000000`],
        'Events.Name': ['happened'],
        'Events.Attributes': [{ n: '1' }],
        'Links.TraceId': [linked.traceId],
        'Links.SpanId': [linked.spanId],
        'Links.TraceState': [''],
        'Links.Attributes': [{ why: 'because' }],
      },
    ])
    await provider.shutdown()
  })
})

test('log records are stored as the collector would store them', async () => {
  const provider = new LoggerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shop' }),
    processors: [
      new BatchLogRecordProcessor({ exporter: new OTLPLogExporter({ url: `${dev.url}/v1/logs` }) }),
    ],
  })
  const time = new Date()
  provider.getLogger('a scope', '2').emit({
    eventName: 'an.event',
    severityNumber: 13,
    severityText: 'WARN',
    body: { b: [1, 'x'], a: null },
    attributes: { step: 'payment' },
    timestamp: time,
  })
  await provider.shutdown()
  expect(
    await dev.engine.query(
      'SELECT * REPLACE (toString(toUnixTimestamp64Nano(Timestamp)) AS Timestamp) FROM otel_logs',
    ),
  ).toEqual([
    {
      Timestamp: `${time.getTime()}000000`,
      TraceId: '',
      SpanId: '',
      TraceFlags: 0,
      SeverityText: 'WARN',
      SeverityNumber: 13,
      ServiceName: 'shop',
      Body: '{"a":null,"b":[1,"x"]}',
      ResourceSchemaUrl: '',
      ResourceAttributes: { 'service.name': 'shop' },
      ScopeSchemaUrl: '',
      ScopeName: 'a scope',
      ScopeVersion: '2',
      ScopeAttributes: {},
      LogAttributes: { step: 'payment' },
      EventName: 'an.event',
    },
  ])
})

test('enums by name, 64-bit integers and ids in upper case are understood', async () => {
  const traceId = 'ABCDEF0123456789ABCDEF0123456789'
  const span = jsonSpan(
    { big: { intValue: '9007199254740993' }, number: { intValue: 7 } },
    { name: 'by name', traceId, kind: 'SPAN_KIND_CLIENT', status: { code: 'STATUS_CODE_OK' } },
  )
  expect((await send(`${dev.url}/v1/traces`, traces(span), JSON_BODY)).status).toBe(200)
  const [row] = await spansNamed('by name')
  expect(row).toMatchObject({ TraceId: traceId.toLowerCase(), SpanKind: 'Client', StatusCode: 'Ok' })
  expect(row!.SpanAttributes).toEqual({ big: '9007199254740993', number: '7' })
})

test('text that no engine would take is mended, not refused', async () => {
  const span = jsonSpan({ '\ud800key': { stringValue: 'a\udfffb' } }, { name: 'alone' })
  expect((await send(`${dev.url}/v1/traces`, traces(span), JSON_BODY)).status).toBe(200)
  expect((await spansNamed('alone'))[0]!.SpanAttributes).toEqual({ '\ufffdkey': 'a\ufffdb' })
})

test('what carries an Origin header is public: it cannot claim to be a server', async () => {
  const span = () =>
    jsonSpan({ 'throughline.event.source': { stringValue: 'server' } }, { name: 'throughline.run.end' })
  const origin = { ...JSON_BODY, origin: 'https://shop.example' }
  const answer = await send(`${dev.url}/v1/traces`, traces(span()), origin)
  expect(answer.headers['access-control-allow-origin']).toBe('https://shop.example')
  await send(`${dev.url}/v1/traces`, traces(span()), { ...JSON_BODY, origin: 'http://localhost:5173' })
  await send(`${dev.url}/v1/traces`, traces(span()), JSON_BODY)
  const rows = await dev.engine.query(
    `SELECT SpanAttributes['throughline.event.source'] AS source FROM otel_traces WHERE SpanName = 'throughline.run.end' ORDER BY source`,
  )
  expect(rows).toEqual([{ source: 'browser' }, { source: 'browser' }, { source: 'server' }])
})

test('a page cannot say that one request to a server stands for many', async () => {
  const said = { 'throughline.run.threshold': { stringValue: 'fff' } }
  const span = (name: string, kind: unknown) => jsonSpan(said, { name, kind, traceState: 'ot=th:fff' })
  const spans = () => traces(span('weight', 2), span('weight', 'SPAN_KIND_SERVER'), span('weight', 3))
  const stored = async () =>
    (await spansNamed('weight')).map(
      ({ SpanKind, TraceState, SpanAttributes }) =>
        `${SpanKind} ${TraceState} ${Object.values(SpanAttributes as object)}`,
    )
  await send(`${dev.url}/v1/traces`, spans(), { ...JSON_BODY, origin: 'http://localhost:5173' })
  expect((await stored()).sort()).toEqual(['Client ot=th:fff ', 'Server  ', 'Server  '])
  await send(`${dev.url}/v1/traces`, spans(), JSON_BODY)
  expect(await stored()).toContain('Server ot=th:fff fff')
})

test('a page of another origin may send trace context and baggage along', async () => {
  const { status, headers } = await send(
    `${dev.url}/v1/traces`,
    '',
    {
      origin: 'https://shop.example',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'baggage,content-type,traceparent',
      'access-control-request-private-network': 'true',
    },
    'OPTIONS',
  )
  expect(status).toBe(204)
  expect(headers).toMatchObject({
    'access-control-allow-origin': 'https://shop.example',
    'access-control-allow-headers': 'baggage,content-type,traceparent',
    'access-control-allow-private-network': 'true',
  })
})

const DAY = 864e5

/** Sends one span and answers whether it was taken, and what was said. */
async function taken(span: object) {
  const { status, text } = await send(`${dev.url}/v1/traces`, traces(span), JSON_BODY)
  const { rejectedSpans = '0', errorMessage = '' } = JSON.parse(text).partialSuccess
  expect(status).toBe(200)
  return { taken: rejectedSpans === '0', said: errorMessage }
}
const withRun = (id: string, more: object = {}) =>
  jsonSpan({ 'throughline.run.id': { stringValue: id } }, more)
const startedAt = (time: number) => {
  const start = `${Math.floor(time)}000000`
  return jsonSpan({}, { startTimeUnixNano: start, endTimeUnixNano: start })
}

test('a run id that is no UUIDv7 costs its span, not the request', async () => {
  const bad = withRun('f47ac10b-58cc-4372-a567-0e02b2c3d479', { name: 'no UUIDv7' })
  const good = withRun(runId(), { name: 'a UUIDv7' })
  const answer = await send(`${dev.url}/v1/traces`, traces(bad, good), JSON_BODY)
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.text).partialSuccess).toEqual({
    rejectedSpans: '1',
    errorMessage: 'refused: 1 of a run whose id is no UUIDv7 of the last 400 days',
  })
  expect(await spansNamed('no UUIDv7')).toEqual([])
  expect(await spansNamed('a UUIDv7')).toHaveLength(1)
})

test.each([
  [-401, false],
  [-399, true],
  [2.9, true],
  [3.1, false],
])('a run that started %f days from now is taken: %s', async (days, expected) => {
  expect((await taken(withRun(runId(Math.floor(Date.now() + days * DAY))))).taken).toBe(expected)
})

test.each([
  [-31.1, false],
  [-30.9, true],
  [2.9, true],
  [3.1, false],
])('a span that started %f days from now is taken: %s', async (days, expected) => {
  const { taken: isTaken, said } = await taken(startedAt(Date.now() + days * DAY))
  expect([isTaken, said]).toEqual([
    expected,
    expected ? '' : 'refused: 1 over 31 days old or more than three days ahead',
  ])
})

test.each([-40, 4])('an account of a page whose clock is %f days off is stored, as of now', async (days) => {
  const nanos = `${Math.floor(Date.now() + days * DAY)}000000`
  const times = { startTimeUnixNano: nanos, endTimeUnixNano: nanos }
  const span = jsonSpan({}, { name: 'throughline.delivery', ...times })
  const before = Date.now()
  const { text } = await send(`${dev.url}/v1/traces`, traces(span), JSON_BODY)
  expect(JSON.parse(text)).toEqual({ partialSuccess: {} })
  const stored = (await spansNamed('throughline.delivery')).find(({ SpanId }) => SpanId === span.spanId)!
  const at = Number(BigInt(`${stored.Timestamp}`) / 1_000_000n)
  expect(at).toBeGreaterThanOrEqual(before)
  expect(at).toBeLessThanOrEqual(Date.now())
})

test('a log record is as old as the time that is stored for it', async () => {
  const nanos = (days: number) => `${Math.floor(Date.now() + days * DAY)}000000`
  const logs = async (record: object) => {
    const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords: [record] }] }] })
    return JSON.parse((await send(`${dev.url}/v1/logs`, body, JSON_BODY)).text).partialSuccess
  }
  expect(await logs({ observedTimeUnixNano: nanos(-32) })).toMatchObject({ rejectedLogRecords: '1' })
  expect(await logs({ timeUnixNano: nanos(-32), observedTimeUnixNano: nanos(0) })).not.toEqual({})
  expect(await logs({ timeUnixNano: nanos(0), observedTimeUnixNano: nanos(-32) })).toEqual({})
  expect(await logs({})).toEqual({})
})

test('a journey in a version that nobody declared here is taken', async () => {
  const version = { 'throughline.journey.version': { stringValue: '2026-11.rc_1' } }
  expect(await taken(jsonSpan(version, { name: 'another version' }))).toEqual({ taken: true, said: '' })
  const [row] = await spansNamed('another version')
  expect(row!.SpanAttributes).toEqual({ 'throughline.journey.version': '2026-11.rc_1' })
})

test('spans of very many days cannot scatter the table', async () => {
  const spans = Array.from({ length: 300 }, (_, day) => {
    const start = BigInt(Date.now() - day * DAY) * 1_000_000n
    return jsonSpan({}, { name: 'scattered', startTimeUnixNano: `${start}`, endTimeUnixNano: `${start}` })
  })
  const answer = await send(`${dev.url}/v1/traces`, gzipSync(traces(...spans)), {
    ...JSON_BODY,
    'content-encoding': 'gzip',
  })
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.text).partialSuccess.rejectedSpans).toBe('269')
  expect(await spansNamed('scattered')).toHaveLength(31)
})

test('many clients at once are all answered, and nothing is lost or doubled', async () => {
  const clients = Array.from({ length: 60 }, (_, client) =>
    send(`${dev.url}/v1/traces`, traces(jsonSpan({}, { name: 'crowd' }), jsonSpan({}, { name: 'crowd' })), {
      ...JSON_BODY,
      connection: client % 2 ? 'close' : 'keep-alive',
    }),
  )
  expect((await Promise.all(clients)).map(({ status }) => status)).toEqual(clients.map(() => 200))
  expect(await spansNamed('crowd')).toHaveLength(120)
})

test('metrics are taken and dropped: an SDK that exports them beside its traces must not fail at each export', async () => {
  const json = await send(`${dev.url}/v1/metrics`, '{"resourceMetrics":[]}', JSON_BODY)
  expect([json.status, json.text]).toEqual([200, '{}'])
  const protobuf = await send(`${dev.url}/v1/metrics`, '', { 'content-type': 'application/x-protobuf' })
  expect([protobuf.status, protobuf.headers['content-type'], protobuf.text]).toEqual([
    200,
    'application/x-protobuf',
    '',
  ])
})
