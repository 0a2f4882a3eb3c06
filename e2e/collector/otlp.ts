// OTLP as JSON, written by hand: what no SDK would send can be sent as well.
import { randomBytes } from 'node:crypto'

/** A value as OTLP's JSON has it. */
export function anyValue(value: unknown): object {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue) } }
  return { kvlistValue: { values: keyValues(value as Record<string, unknown>) } }
}

export const keyValues = (of: Readonly<Record<string, unknown>>): object[] =>
  Object.entries(of).map(([key, value]) => ({ key, value: anyValue(value) }))

/** Nanoseconds since the epoch of a moment in ms. */
export const nanoseconds = (time: number): string => `${Math.floor(time)}000000`

/** A span that is proper but for what is given. */
export const span = (given: object = {}): object => ({
  traceId: randomBytes(16).toString('hex'),
  spanId: randomBytes(8).toString('hex'),
  name: 'GET',
  kind: 2,
  startTimeUnixNano: nanoseconds(Date.now()),
  endTimeUnixNano: nanoseconds(Date.now()),
  ...given,
})

export const traces = (
  service: string,
  spans: readonly object[],
  { resource = {}, scope = {} }: { resource?: Record<string, unknown>; scope?: Record<string, unknown> } = {},
): object => ({
  resourceSpans: [
    {
      resource: { attributes: keyValues({ 'service.name': service, ...resource }) },
      scopeSpans: [{ scope: { name: 'e2e', attributes: keyValues(scope) }, spans }],
    },
  ],
})

export const logs = (
  service: string,
  logRecords: readonly object[],
  { resource = {}, scope = {} }: { resource?: Record<string, unknown>; scope?: Record<string, unknown> } = {},
): object => ({
  resourceLogs: [
    {
      resource: { attributes: keyValues({ 'service.name': service, ...resource }) },
      scopeLogs: [{ scope: { name: 'e2e', attributes: keyValues(scope) }, logRecords }],
    },
  ],
})

/** Sends a request; the status of the answer. */
export async function post(url: string, body: object | Uint8Array<ArrayBuffer>): Promise<number> {
  const isBinary = body instanceof Uint8Array
  const { status } = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': isBinary ? 'application/x-protobuf' : 'application/json' },
    body: isBinary ? body : JSON.stringify(body),
  })
  return status
}
