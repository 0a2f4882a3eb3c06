import { SpanKind, SpanStatusCode } from '@opentelemetry/api'
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { TRACES } from './otlp'
import { quickRows } from './quick-rows'
import type { Rows } from './rows'
import { toRows } from './rows'
import { jsonSpan, runId, traces } from './testing'

const now = Date.now()
const DAY = 864e5

/** Rows with their numbers as they are written, whatever the order of their columns. */
function read({ lines, rejected, message }: Rows) {
  const exactly = (_: string, value: unknown, { source }: { source: string }) =>
    typeof value === 'number' ? source : value
  const rows = Buffer.from(lines).toString().split('\n').slice(0, -1)
  return {
    rejected,
    message,
    rows: rows.map((row) => JSON.parse(row, exactly as (key: string, value: unknown) => unknown)),
  }
}

const slow = (body: Buffer, isPublic: boolean) =>
  read(toRows(TRACES, JSON.parse(body.toString()), { isPublic, now }))

/** What is read quickly must be what is read slowly; answers whether it was. */
function compare(body: Buffer, isPublic = false): boolean {
  const quick = quickRows(body, { isPublic, now })
  if (quick) expect(read(quick)).toEqual(slow(body, isPublic))
  return quick !== undefined
}

/** A request as the exporter writes it. */
function exported(): Buffer {
  const memory = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': 'shöp', pid: 7 }),
    spanProcessors: [new SimpleSpanProcessor(memory)],
  })
  const tracer = provider.getTracer('a scope', '2')
  tracer.startSpan('empty').end()
  const span = tracer.startSpan('GET "/"', {
    kind: SpanKind.CLIENT,
    attributes: {
      'throughline.run.id': runId(now),
      'throughline.event.source': 'server',
      int: 3,
      negative: -7,
      double: 0.25,
      tiny: 1e-7,
      large: 2 ** 60,
      yes: true,
      no: false,
      text: 'ünï "quoted"\n\u0000🛒\\',
      '"key"\n': 'odd',
      empty: '',
      list: ['a', 'b'],
    },
    links: [{ context: tracer.startSpan('other').spanContext(), attributes: { why: 'because' } }],
  })
  span.addEvent('happened', { n: 1 }).setStatus({ code: SpanStatusCode.ERROR, message: 'no\n' }).end()
  provider
    .getTracer('another')
    .startSpan('late', { startTime: now - 40 * DAY })
    .end(now - 40 * DAY + 1)
  return Buffer.from(JsonTraceSerializer.serializeRequest(memory.getFinishedSpans())!)
}

test('what the exporter writes is read quickly, and as ever', () => {
  const body = exported()
  // Two escapes in a key are more than the quick way knows.
  const plain = Buffer.from(body.toString().replace(String.raw`\"key\"\n`, 'key'))
  expect([compare(body), compare(plain), compare(plain, true)]).toEqual([false, true, true])
  expect(slow(plain, false)).toMatchObject({ rejected: 1, rows: [{}, {}] })
})

test.each<[string, object]>([
  ['a parent that is empty', { parentSpanId: '', traceState: '' }],
  ['no kind and no status', { kind: undefined, status: undefined }],
  ['a status', { status: { code: 2 } }],
  ['no attributes, and none of anything', { attributes: [], events: [], links: [] }],
  ['a run of last year', { attributes: [{ key: 'throughline.run.id', value: { stringValue: runId(0) } }] }],
])('%s', (_, more) => {
  expect(compare(Buffer.from(traces(jsonSpan({ a: { stringValue: 'b' } }, more))))).toBe(true)
})

test('fields in another order', () => {
  const span = Object.entries(jsonSpan({ a: { stringValue: 'b' } }, { status: {}, flags: 1 }))
  expect(compare(Buffer.from(traces(Object.fromEntries(span.reverse()))))).toBe(true)
})

test('a count with leading zeros, which is no JSON', () => {
  const flags = (text: string) =>
    traces(jsonSpan({}, { flags: 257 })).replace('"flags":257', `"flags":${text}`)
  expect(['0', '10', '257'].map((text) => compare(Buffer.from(flags(text))))).toEqual([true, true, true])
  expect(['057', '00', ''].map((text) => compare(Buffer.from(flags(text))))).toEqual([false, false, false])
})

// Every shape that a value, a field or a body might have: right, wrong and in between.
const anything = fc.oneof(fc.jsonValue({ maxDepth: 2 }), fc.string({ unit: 'binary' }))
const number = fc.oneof(
  fc.integer(),
  fc.double(),
  fc.bigInt().map(String),
  fc.constantFrom('-0', '007', '1.5', ''),
)
const value = fc.oneof(
  fc.record({ stringValue: fc.oneof(fc.string({ unit: 'grapheme' }), anything) }),
  fc.record({ intValue: number }),
  fc.record({ doubleValue: number }),
  fc.record({ boolValue: fc.oneof(fc.boolean(), anything) }),
  fc.record({ stringValue: fc.string(), intValue: fc.integer() }, { requiredKeys: [] }),
  fc.record({ arrayValue: fc.record({ values: fc.array(fc.record({ stringValue: fc.string() })) }) }),
  anything,
)
const keys = fc.oneof(
  fc.string({ unit: 'grapheme' }),
  fc.constantFrom('throughline.run.id', 'throughline.event.source', 'throughline.run.id '),
)
const attribute = fc.oneof(
  fc.record({ key: keys, value }),
  fc.constant({ key: 'throughline.run.id', value: { stringValue: runId(now) } }),
  fc.record({ key: fc.constant('throughline.event.source'), value: fc.record({ stringValue: fc.string() }) }),
)
const time = fc.oneof(
  fc.integer({ min: -33, max: 2 }).map((days) => `${now + days * DAY}000001`),
  fc.constantFrom('0', `${now}`, `9${now}00000`, now * 1e6),
)
const seldom = (more: fc.Arbitrary<unknown>) => fc.option(more, { nil: undefined, freq: 6 })
const span = fc
  .record({
    spanId: seldom(fc.constantFrom('0'.repeat(16), 'A'.repeat(16), '', '0123456789abcdef')),
    parentSpanId: fc.constantFrom(undefined, '0'.repeat(16), '', '0123456789abcdef'),
    traceState: seldom(fc.string()),
    name: fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })),
    kind: fc.constantFrom<unknown[]>(0, 1, 5, 2, 3, 6, 10, undefined, 'SPAN_KIND_SERVER'),
    startTimeUnixNano: seldom(time),
    attributes: fc.array(attribute, { maxLength: 4 }),
    status: fc.constantFrom<unknown[]>(
      {},
      { code: 1 },
      { code: 2, message: 'a"b' },
      { code: 9 },
      undefined,
      [],
    ),
    droppedAttributesCount: fc.constantFrom<unknown[]>(0, 12, undefined, -1, 1.5),
    events: seldom(fc.constantFrom<unknown[]>([], [{ name: 'e' }], [null], 'x')),
    flags: fc.constantFrom<unknown[]>(1, 257, undefined, null),
  })
  .map((more) => {
    const made = jsonSpan({}, JSON.parse(JSON.stringify(more)))
    return { ...made, endTimeUnixNano: made.startTimeUnixNano }
  })

test('whatever comes is read as ever, or left to those who can tell', () => {
  let quick = 0
  fc.assert(
    fc.property(fc.array(span, { maxLength: 3 }), fc.boolean(), (spans, isPublic) => {
      if (compare(Buffer.from(traces(...spans)), isPublic)) quick++
    }),
    { numRuns: 3000 },
  )
  // Else nothing was compared.
  expect(quick).toBeGreaterThan(100)
})

test('so is what was damaged on its way', () => {
  const body = Buffer.from(exported().toString().replace(String.raw`\"key\"\n`, 'key'))
  const flip = fc.record({
    at: fc.nat(body.length - 1),
    byte: fc.oneof(fc.nat(255), fc.constantFrom(...body)),
  })
  let quick = 0
  fc.assert(
    fc.property(fc.array(flip, { minLength: 1, maxLength: 3 }), fc.nat(9), (flips, cut) => {
      const copy = Buffer.from(body)
      for (const { at, byte } of flips) copy[at] = byte
      if (compare(cut === 0 ? copy.subarray(0, flips[0]!.at) : copy)) quick++
    }),
    { numRuns: 5000 },
  )
  expect(quick).toBeGreaterThan(100)
})
