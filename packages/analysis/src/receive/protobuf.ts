import protobuf from 'protobufjs/minimal.js'
import { BadRequest, malformed } from './bad-request.ts'
import type { Signal } from './otlp.ts'
import { LOGS, TRACES } from './otlp.ts'

// OTLP's protobuf, read into the shape of its JSON mapping. The wire format is protobufjs's; the messages are few and
// frozen, so they are written down here (opentelemetry-proto 1.x): field number → name and how to read it.

type Read = (reader: protobuf.Reader, buffer: Buffer, depth: number) => unknown

interface Field {
  readonly name: string
  readonly wire: 0 | 1 | 2 | 5
  readonly read: Read
  readonly repeated?: boolean
}

type Message = Readonly<Record<number, Field>>

/** Values within values, and messages within messages. */
const DEEPEST = 64

const text = (name: string): Field => ({ name, wire: 2, read: (reader) => reader.string() })
const bytes = (name: string): Field => ({ name, wire: 2, read: (reader) => reader.bytes() })
const uint32 = (name: string): Field => ({ name, wire: 0, read: (reader) => reader.uint32() })
const fixed32 = (name: string): Field => ({ name, wire: 5, read: (reader) => reader.fixed32() })
const bool = (name: string): Field => ({ name, wire: 0, read: (reader) => reader.bool() })
const double = (name: string): Field => ({ name, wire: 1, read: (reader) => reader.double() })
const int64 = (name: string): Field => ({ name, wire: 0, read: (reader) => reader.int64().toString() })
const fixed64 = (name: string): Field => ({
  name,
  wire: 1,
  read(reader, buffer) {
    const at = reader.pos
    reader.skip(8)
    return buffer.readBigUInt64LE(at)
  },
})
const nested = (name: string, message: () => Message, repeated = false): Field => ({
  name,
  wire: 2,
  repeated,
  read(reader, buffer, depth) {
    const length = reader.uint32()
    return readMessage(reader, buffer, message(), reader.pos + length, depth + 1)
  },
})
const list = (name: string, message: () => Message) => nested(name, message, true)

const arrayValue: Message = { 1: list('values', () => anyValue) }
const kvlistValue: Message = { 1: list('values', () => keyValue) }
const anyValue: Message = {
  1: text('stringValue'),
  2: bool('boolValue'),
  3: int64('intValue'),
  4: double('doubleValue'),
  5: nested('arrayValue', () => arrayValue),
  6: nested('kvlistValue', () => kvlistValue),
  7: bytes('bytesValue'),
}
const keyValue: Message = { 1: text('key'), 2: nested('value', () => anyValue) }
const attributes = list('attributes', () => keyValue)
const resource: Message = { 1: attributes }
const scope: Message = { 1: text('name'), 2: text('version'), 3: attributes }

const event: Message = { 1: fixed64('timeUnixNano'), 2: text('name'), 3: attributes }
const link: Message = { 1: bytes('traceId'), 2: bytes('spanId'), 3: text('traceState'), 4: attributes }
const status: Message = { 2: text('message'), 3: uint32('code') }
const span: Message = {
  1: bytes('traceId'),
  2: bytes('spanId'),
  3: text('traceState'),
  4: bytes('parentSpanId'),
  5: text('name'),
  6: uint32('kind'),
  7: fixed64('startTimeUnixNano'),
  8: fixed64('endTimeUnixNano'),
  9: attributes,
  11: list('events', () => event),
  13: list('links', () => link),
  15: nested('status', () => status),
}
const logRecord: Message = {
  1: fixed64('timeUnixNano'),
  2: uint32('severityNumber'),
  3: text('severityText'),
  5: nested('body', () => anyValue),
  6: attributes,
  8: fixed32('flags'),
  9: bytes('traceId'),
  10: bytes('spanId'),
  11: fixed64('observedTimeUnixNano'),
  12: text('eventName'),
}

const request = ({ resources, scopes, records }: Signal, record: Message): Message => {
  const inScope = { 1: nested('scope', () => scope), 2: list(records, () => record), 3: text('schemaUrl') }
  const inResource = {
    1: nested('resource', () => resource),
    2: list(scopes, () => inScope),
    3: text('schemaUrl'),
  }
  return { 1: list(resources, () => inResource) }
}
const requests = { otel_traces: request(TRACES, span), otel_logs: request(LOGS, logRecord) }

/** A varint of up to 64 bits. The reader's own `uint32` leaves the upper ones out, and would take 2^32 + 5 for 5. */
function varint(reader: protobuf.Reader): number {
  const byte = reader.buf[reader.pos]!
  if (byte >= 128) return Number(reader.uint64().toString())
  reader.skip(1)
  return byte
}

/** What is next must fit into what is left. */
function checkLength(reader: protobuf.Reader): void {
  const at = reader.pos
  if (varint(reader) > reader.len - reader.pos) throw malformed('the protobuf is cut off')
  reader.pos = at
}

function readMessage(reader: protobuf.Reader, buffer: Buffer, message: Message, end: number, depth: number) {
  if (end > reader.len || depth > DEEPEST) throw malformed('the protobuf is cut off or nested too deeply')
  const result: Record<string, unknown> = {}
  while (reader.pos < end) {
    const tag = varint(reader)
    const wire = tag & 7
    if (tag >= 2 ** 32 || wire === 3 || wire === 4)
      throw malformed('the protobuf has a field that no OTLP has')
    if (wire === 2) checkLength(reader)
    const field = message[tag >>> 3]
    if (!field) {
      if (tag >>> 3 === 0) throw malformed('the protobuf has a field 0, which there cannot be')
      reader.skipType(wire)
      continue
    }
    if (field.wire !== wire) throw malformed(`the protobuf's ${field.name} has the wrong type`)
    const value = field.read(reader, buffer, depth)
    if (!field.repeated) result[field.name] = value
    else if (result[field.name]) (result[field.name] as unknown[]).push(value)
    else result[field.name] = [value]
  }
  if (reader.pos !== end) throw malformed('the protobuf is cut off')
  return result
}

/**
 * Reads an export request.
 *
 * @throws BadRequest when it is not one
 */
export function readProtobuf(signal: Signal, body: Buffer): unknown {
  try {
    const reader = protobuf.Reader.create(body)
    const result = readMessage(reader, body, requests[signal.table], body.length, 0)
    // Almost any bytes can be read as fields that nobody knows.
    if (body.length > 0 && !result[signal.resources])
      throw malformed(`the protobuf is no OTLP: it has no ${signal.resources}`)
    return result
  } catch (error) {
    throw error instanceof BadRequest
      ? error
      : malformed(`the body is no protobuf: ${(error as Error).message}`)
  }
}

/** An export response: empty, or what was refused; a message without a count is a warning. */
export function writeResponse(rejected: number, message: string): Buffer {
  if (!message) return Buffer.alloc(0)
  const writer = protobuf.Writer.create().uint32(10).fork()
  return Buffer.from(writer.uint32(8).int64(rejected).uint32(18).string(message).ldelim().finish())
}

/** A `google.rpc.Status`, which is how OTLP words an error. */
export const writeStatus = (code: number, message: string): Buffer =>
  Buffer.from(protobuf.Writer.create().uint32(8).int32(code).uint32(18).string(message).finish())
