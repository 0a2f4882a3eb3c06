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
    jsonSpan({ 'throughline.event.source': { stringValue: 'server' } }, { name: 'throughline.claim' })
  const answer = await send(`${dev.url}/v1/traces`, traces(span()), {
    ...JSON_BODY,
    origin: 'https://shop.example',
  })
  expect(answer.headers['access-control-allow-origin']).toBe('https://shop.example')
  await send(`${dev.url}/v1/traces`, traces(span()), { ...JSON_BODY, origin: 'http://localhost:5173' })
  await send(`${dev.url}/v1/traces`, traces(span()), JSON_BODY)
  const rows = await dev.engine.query(
    `SELECT SpanAttributes['throughline.event.source'] AS source FROM otel_traces WHERE SpanName = 'throughline.claim' ORDER BY source`,
  )
  expect(rows).toEqual([{ source: 'browser' }, { source: 'browser' }, { source: 'server' }])
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

test.each([
  ['no UUIDv7', () => 'f47ac10b-58cc-4372-a567-0e02b2c3d479'],
  ['over 31 days old', () => runId(Date.now() - 32 * DAY)],
  ['over a day ahead', () => runId(Date.now() + 2 * DAY)],
])('a run id that is %s costs its span, not the request', async (what, id) => {
  const bad = jsonSpan({ 'throughline.run.id': { stringValue: id() } }, { name: what })
  const good = jsonSpan({ 'throughline.run.id': { stringValue: runId() } }, { name: `not ${what}` })
  const answer = await send(`${dev.url}/v1/traces`, traces(bad, good), JSON_BODY)
  expect(answer.status).toBe(200)
  expect(JSON.parse(answer.text).partialSuccess).toEqual({
    rejectedSpans: '1',
    errorMessage: 'refused: 1 of a run whose id is no UUIDv7 of the last 31 days',
  })
  expect(await spansNamed(what)).toEqual([])
  expect(await spansNamed(`not ${what}`)).toHaveLength(1)
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
