import { randomBytes } from 'node:crypto'
import { connect } from 'node:net'
import { gzipSync } from 'node:zlib'
import { JsonTraceSerializer, ProtobufTraceSerializer } from '@opentelemetry/otlp-transformer'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { EVENT_SPANS } from '@throughline/core'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { Dev } from '../dev'
import { JSON_BODY, jsonSpan, PROTOBUF_BODY, send, startTestDev, traces } from './testing'

let dev: Dev
let url: string
beforeAll(async () => {
  dev = await startTestDev()
  url = `${dev.url}/v1/traces`
})
afterAll(() => dev.close())

const count = async () =>
  (await dev.engine.query<{ n: number }>('SELECT count() AS n FROM otel_traces'))[0]!.n

// Whatever came before: the receiver is up, takes good spans and has stored nothing else.
let good = 0
afterEach(async () => {
  expect((await send(url, traces(jsonSpan()), JSON_BODY)).status).toBe(200)
  expect(await count()).toBe(++good)
})

/** A value within lists within lists, as text: no serializer goes as deep. */
const nested = (depth: number) =>
  traces(jsonSpan({ a: 'HERE' })).replace(
    '"HERE"',
    `${'{"arrayValue":{"values":['.repeat(depth)}{}${']}}'.repeat(depth)}`,
  )

describe('a body that is no OTLP is refused with one message', () => {
  const spans = (more: object) => traces(jsonSpan(), jsonSpan({}, more))
  test.each<[string, string, RegExp]>([
    ['empty', '', /no JSON/],
    ['text', 'hello', /no JSON/],
    ['cut off', traces(jsonSpan()).slice(0, -5), /no JSON/],
    ['null', 'null', /must be an object/],
    ['a number', '42', /must be an object/],
    ['a list', '[]', /must be an object/],
    ['something else', '{"hello":"world"}', /has no resourceSpans/],
    ['logs', '{"resourceLogs":[]}', /has no resourceSpans/],
    ['an object for a list', '{"resourceSpans":{}}', /must be a list/],
    ['a list of numbers', '{"resourceSpans":[1]}', /must be a list of objects/],
    ['a resource that is a text', '{"resourceSpans":[{"resource":"x"}]}', /resource must be an object/],
    ['spans that are a text', '{"resourceSpans":[{"scopeSpans":[{"spans":"x"}]}]}', /spans must be a list/],
    ['an attribute without a key', spans({ attributes: [{ value: {} }] }), /no key/],
    ['attributes as an object', spans({ attributes: { a: 1 } }), /attributes must be a list/],
    ['a value that is bare', spans({ attributes: [{ key: 'a', value: 'b' }] }), /a value must be an object/],
    ['a text that is none', spans({ attributes: [{ key: 'a', value: { stringValue: 1 } }] }), /stringValue/],
    ['an integer that is none', spans({ attributes: [{ key: 'a', value: { intValue: 1.5 } }] }), /intValue/],
    [
      'an endless integer',
      spans({ attributes: [{ key: 'a', value: { intValue: '9'.repeat(99) } }] }),
      /intValue/,
    ],
    [
      'a double that is none',
      spans({ attributes: [{ key: 'a', value: { doubleValue: 'x' } }] }),
      /doubleValue/,
    ],
    ['a boolean that is none', spans({ attributes: [{ key: 'a', value: { boolValue: 'x' } }] }), /boolValue/],
    ['bytes that are none', spans({ attributes: [{ key: 'a', value: { bytesValue: '%' } }] }), /base64/],
    ['a deep value', nested(100), /too deeply/],
    ['a bottomless value', nested(200_000), /too deeply|no JSON/],
    ['no trace id', spans({ traceId: undefined }), /no traceId/],
    ['a trace id of zeros', spans({ traceId: '0'.repeat(32) }), /no traceId/],
    ['a trace id that is too short', spans({ traceId: 'abc' }), /traceId must be 32 hex digits/],
    ['a span id that is no hex', spans({ spanId: 'x'.repeat(16) }), /spanId must be 16 hex digits/],
    ['a span id that is a number', spans({ spanId: 5 }), /spanId must be 16 hex digits/],
    ['a parent that is no id', spans({ parentSpanId: "'; --" }), /parentSpanId/],
    ['no start', spans({ startTimeUnixNano: undefined }), /no startTimeUnixNano/],
    ['no end', spans({ endTimeUnixNano: undefined }), /ends before it starts, or has no end/],
    ['an end before the start', spans({ endTimeUnixNano: '1' }), /ends before it starts/],
    ['a time that is text', spans({ startTimeUnixNano: 'now' }), /nanoseconds since 1970/],
    ['a negative time', spans({ startTimeUnixNano: '-1' }), /nanoseconds since 1970/],
    ['a time beyond 64 bits', spans({ startTimeUnixNano: '9'.repeat(30) }), /nanoseconds since 1970/],
    ['a time in a list', spans({ startTimeUnixNano: [`${Date.now()}000000`] }), /nanoseconds since 1970/],
    ['a time that is a fraction', spans({ startTimeUnixNano: 1.5 }), /nanoseconds since 1970/],
    ['a time that is true', spans({ startTimeUnixNano: true }), /nanoseconds since 1970/],
    ['a kind that is none', spans({ kind: 99 }), /SPAN_KIND/],
    ['a kind that is text', spans({ kind: 'SERVER' }), /SPAN_KIND/],
    ['a status that is none', spans({ status: { code: 7 } }), /STATUS_CODE/],
    ['a name that is a number', spans({ name: 5 }), /name must be a string/],
    ['events that are none', spans({ events: [null] }), /must be a list of objects/],
    ['a link to nowhere', spans({ links: [{ traceId: 'x' }] }), /traceId/],
  ])('%s', async (_, body, message) => {
    const answer = await send(url, body, JSON_BODY)
    expect([answer.status, JSON.parse(answer.text)]).toEqual([
      400,
      { code: 3, message: expect.stringMatching(message) },
    ])
    expect(answer.text).not.toContain('\n')
  })
})

test.each<[string, number, Record<string, string>, string?]>([
  ['another content type', 415, { 'content-type': 'text/plain' }],
  ['no content type', 415, {}],
  ['an encoding that is not taken', 415, { ...JSON_BODY, 'content-encoding': 'br' }],
  ['gzip that is none', 400, { ...JSON_BODY, 'content-encoding': 'gzip' }],
  ['another method', 405, JSON_BODY, 'PUT'],
  ['a foreign Host', 403, { ...JSON_BODY, host: 'evil.example' }],
  ['a foreign Host with a port', 403, { ...JSON_BODY, host: 'evil.example:4318' }],
  ['a Host that only looks like ours', 403, { ...JSON_BODY, host: 'localhost.evil.example' }],
  ['no Host to speak of', 403, { ...JSON_BODY, host: '@' }],
])('%s is refused with %i', async (_, status, headers, method) => {
  const answer = await send(url, traces(jsonSpan()), headers, method)
  expect(answer.status).toBe(status)
})

test.each(['localhost', '127.0.0.1:4318', '[::1]:4318', 'shop.localhost:80'])(
  'the Host %s is ours',
  async (host) => {
    expect((await send(url, '{}', { ...JSON_BODY, host })).status).toBe(200)
  },
)

describe('what only an event span may say', () => {
  const claims = {
    'throughline.event.id': { stringValue: '0'.repeat(32) },
    'throughline.event.source': { stringValue: 'server' },
    'throughline.event.seq': { intValue: 1 },
    'throughline.event.anything': { stringValue: 'x' },
    'throughline.conversion.value': { doubleValue: 1e9 },
    'throughline.conversion.currency': { stringValue: 'EUR' },
    'throughline.run.outcome': { stringValue: 'converted' },
    'throughline.run.outcome_at': { intValue: 1 },
    'throughline.run.end_reason': { stringValue: 'x' },
  }
  const kept = {
    'throughline.step.name': { stringValue: 'payment' },
    'throughline.visit.index': { stringValue: '4' },
    'throughline.eventful': { stringValue: 'yes' },
  }
  const attributesOf = async (table: string, column: string, where: string) =>
    (
      await dev.engine.query<{ attributes: Record<string, string> }>(
        `SELECT ${column} AS attributes FROM ${table} WHERE ${where}`,
      )
    ).map(({ attributes }) => Object.keys(attributes).sort())

  test.each(['GET /orders', 'throughline.run', 'throughline.run.end ', 'Exception'])(
    'is dropped from the span "%s", and said to its sender',
    async (name) => {
      const answer = await send(url, traces(jsonSpan({ ...claims, ...kept }, { name })), JSON_BODY)
      good++
      expect([answer.status, JSON.parse(answer.text).partialSuccess]).toEqual([
        200,
        { rejectedSpans: '0', errorMessage: 'dropped: 9 attributes that only event spans may carry' },
      ])
      expect(await attributesOf('otel_traces', 'SpanAttributes', `SpanName = '${name}'`)).toEqual([
        Object.keys(kept).sort(),
      ])
    },
  )

  test.each(EVENT_SPANS)('stays on %s', async (name) => {
    const answer = await send(url, traces(jsonSpan({ ...claims, ...kept }, { name })), JSON_BODY)
    good++
    expect(JSON.parse(answer.text)).toEqual({ partialSuccess: {} })
    expect(await attributesOf('otel_traces', 'SpanAttributes', `SpanName = '${name}'`)).toEqual([
      Object.keys({ ...claims, ...kept }).sort(),
    ])
  })

  test('is dropped from log records, whatever they are called', async () => {
    const { attributes } = jsonSpan({ ...claims, ...kept })
    const logRecords = [{ eventName: 'throughline.run.end', attributes }]
    const body = JSON.stringify({ resourceLogs: [{ scopeLogs: [{ logRecords }] }] })
    expect((await send(`${dev.url}/v1/logs`, body, JSON_BODY)).status).toBe(200)
    expect(await attributesOf('otel_logs', 'LogAttributes', '1')).toEqual([Object.keys(kept).sort()])
  })
})

test('a mark of a page is refused, a back end may set one; an alias is for the views to judge', async () => {
  const from = async (name: string, headers: Record<string, string>) => {
    const attributes = { 'throughline.event.source': { stringValue: 'server' } }
    const answer = await send(url, traces(jsonSpan(attributes, { name })), { ...JSON_BODY, ...headers })
    return JSON.parse(answer.text).partialSuccess
  }
  const page = { origin: 'http://localhost:5173' }
  const before = await count()
  expect(await from('throughline.mark', page)).toEqual({
    rejectedSpans: '1',
    errorMessage: 'refused: 1 of the name throughline.mark, which only a server may send',
  })
  expect(await count()).toBe(before)
  expect(await from('throughline.mark', {})).toEqual({})
  expect(await from('throughline.alias', page)).toEqual({})
  good += 2
})

describe('a body over 20 MiB is refused with 413', () => {
  const large = Buffer.alloc(20 * 2 ** 20 + 1, 32)

  test('announced', async () => {
    expect((await send(url, large, JSON_BODY)).status).toBe(413)
  })
  test('in chunks', async () => {
    expect((await send(url, large, { ...JSON_BODY, 'transfer-encoding': 'chunked' })).status).toBe(413)
  })
  test('after decompression', async () => {
    const bomb = gzipSync(Buffer.alloc(512 * 2 ** 20))
    expect(bomb.length).toBeLessThan(2 ** 20)
    expect((await send(url, bomb, { ...JSON_BODY, 'content-encoding': 'gzip' })).status).toBe(413)
  })
})

test('a resource that would be repeated into gigabytes is refused', async () => {
  const resource = { attributes: [{ key: 'long', value: { stringValue: 'x'.repeat(2 ** 20) } }] }
  const spans = Array.from({ length: 5000 }, () => jsonSpan())
  const answer = await send(
    url,
    JSON.stringify({ resourceSpans: [{ resource, scopeSpans: [{ spans }] }] }),
    JSON_BODY,
  )
  expect([answer.status, JSON.parse(answer.text).message]).toEqual([400, expect.stringMatching(/too large/)])
})

/** A request as the exporters write it. */
function serialized() {
  const memory = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(memory)] })
  const span = provider.getTracer('fuzz').startSpan('fuzzed', { attributes: { a: 'b', n: [1, 2], d: 0.5 } })
  span.addEvent('e', { f: true }).end()
  const spans = memory.getFinishedSpans()
  return {
    protobuf: ProtobufTraceSerializer.serializeRequest(spans)!,
    json: JsonTraceSerializer.serializeRequest(spans)!,
  }
}

/** A number as protobuf has it, seven bits a byte. */
function varint(value: bigint): number[] {
  return value < 128n ? [Number(value)] : [Number(value & 127n) | 128, ...varint(value >> 7n)]
}

describe('a protobuf whose numbers are too large is refused', () => {
  const { protobuf } = serialized()
  /** The request with the length of its first field replaced, or with another field behind it. */
  const length = protobuf.findIndex((byte, at) => at > 0 && byte < 128) + 1
  const size = BigInt(protobuf.length - length)
  const resized = (to: bigint) => Buffer.from([protobuf[0]!, ...varint(to), ...protobuf.subarray(length)])
  const behind = (...bytes: number[]) => Buffer.from([...protobuf, ...bytes])

  test.each<[string, Buffer]>([
    ['a length of 2^32 + n', resized(2n ** 32n + size)],
    ['a length of 2^63 + n', resized(2n ** 63n + size)],
    ['a length of 2^63', resized(2n ** 63n)],
    ['a length that is one too many', resized(size + 1n)],
    ['an unknown field of 2^32 bytes', behind(0x7a, ...varint(2n ** 32n))],
    ['a field number beyond 2^29', behind(...varint((2n ** 32n) | 0x0an), 0)],
    ['a group', behind(0x7b, 0x7c)],
  ])('%s', async (_, body) => {
    expect((await send(url, body, PROTOBUF_BODY)).status).toBe(400)
  })

  test('and is taken as it was, or with an unknown field', async () => {
    expect(resized(size)).toEqual(Buffer.from(protobuf))
    expect((await send(url, resized(size), PROTOBUF_BODY)).status).toBe(200)
    expect((await send(url, behind(0x7a, 2, 1, 2), PROTOBUF_BODY)).status).toBe(200)
    good += 2
  })
})

test('random and damaged bytes never get a 5xx', { timeout: 120_000 }, async () => {
  const { protobuf, json } = serialized()
  const damaged = (bytes: Uint8Array) => {
    const copy = Buffer.from(bytes)
    for (let flips = 1 + Math.floor(Math.random() * 4); flips > 0; flips--)
      copy[Math.floor(Math.random() * copy.length)] = Math.floor(Math.random() * 256)
    return Math.random() < 0.3 ? copy.subarray(0, Math.floor(Math.random() * copy.length)) : copy
  }
  const failed: string[] = []
  for (let round = 0; round < 50; round++) {
    const bodies: [Uint8Array, Record<string, string>][] = [
      [randomBytes(1 + Math.floor(Math.random() * 300)), PROTOBUF_BODY],
      [randomBytes(1 + Math.floor(Math.random() * 300)), JSON_BODY],
      [randomBytes(100), { ...PROTOBUF_BODY, 'content-encoding': 'gzip' }],
      ...Array.from({ length: 12 }, (): [Uint8Array, Record<string, string>] => [
        damaged(protobuf),
        PROTOBUF_BODY,
      ]),
      ...Array.from({ length: 5 }, (): [Uint8Array, Record<string, string>] => [damaged(json), JSON_BODY]),
    ]
    const answers = await Promise.all(bodies.map(([body, headers]) => send(url, body, headers)))
    for (const [index, { status }] of answers.entries())
      if (status !== 200 && status !== 400)
        failed.push(`${status}: ${Buffer.from(bodies[index]![0]).toString('hex')}`)
  }
  expect(failed).toEqual([])
  // Some of the damaged ones were still good.
  good = await count()
})

test('what is no HTTP, or ends in the middle, harms nobody', async () => {
  const { port } = new URL(dev.url)
  for (const text of [
    'hello\r\n\r\n',
    `POST /v1/traces HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"res`,
    'GET //[ HTTP/1.1\r\nHost: localhost\r\n\r\n',
  ])
    await new Promise<void>((resolve) => {
      const socket = connect(Number(port), '127.0.0.1', () => socket.write(text, () => socket.end()))
      socket.on('data', () => {})
      socket.on('error', () => {})
      socket.on('close', () => resolve())
    })
})

test('queries need the token, are no business of a page, and change nothing', async () => {
  const query = (headers: Record<string, string>, sql = 'SELECT 1') =>
    send(`${dev.url}/api/query`, JSON.stringify({ sql }), { ...JSON_BODY, ...headers })
  expect((await query({})).status).toBe(401)
  expect((await query({ authorization: 'Bearer wrong' })).status).toBe(401)
  expect((await query({ origin: dev.url })).status).toBe(403)
})
