import type { Signal } from '../receive/otlp'
import { LOGS, TRACES } from '../receive/otlp'
import { fromJaeger, isJaegerTrace } from './jaeger'

/** An export request found in a file; without a signal, one that is not read. */
export type Found =
  | { readonly signal: Signal; readonly body: Record<string, unknown> }
  | { readonly signal?: undefined; readonly what: string }

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Tempo writes ids as base64, which is longer or shorter than hex digits and may end in `=`. */
const BASE64 = { traceId: 24, spanId: 12, parentSpanId: 12 } as const

function hexIds(record: unknown): unknown {
  if (!isObject(record)) return record
  const ids: Record<string, string> = {}
  for (const [key, length] of Object.entries(BASE64)) {
    const id = record[key]
    if (typeof id === 'string' && id.length === length && id.endsWith('='))
      ids[key] = Buffer.from(id, 'base64').toString('hex')
  }
  const links = Array.isArray(record.links) ? { links: record.links.map(hexIds) } : {}
  return { ...record, ...ids, ...links }
}

/** Older Tempo and OTLP called scopes instrumentation libraries. */
function tempoGroup(group: unknown): unknown {
  if (!isObject(group)) return group
  const scopes = group.scopeSpans ?? group.instrumentationLibrarySpans
  if (!Array.isArray(scopes)) return group
  return {
    resource: group.resource,
    scopeSpans: scopes.map((part) =>
      isObject(part)
        ? {
            scope: part.scope ?? part.instrumentationLibrary,
            spans: Array.isArray(part.spans) ? part.spans.map(hexIds) : part.spans,
          }
        : part,
    ),
  }
}

const tempo = (groups: unknown): Found => ({
  signal: TRACES,
  body: { resourceSpans: Array.isArray(groups) ? groups.map(tempoGroup) : groups },
})

/**
 * The export requests in a JSON value of a file:
 *
 * - OTLP: a line of the collector's file exporter
 * - `{ batches }`, `{ trace: { resourceSpans } }`: a trace as Tempo's API gives it, with ids as base64
 * - `{ data: [{ spans, processes }] }`, or one of those: traces as Jaeger's API and its interface's download give them
 * - `{ result: { resourceSpans } }`: a trace of version 3 of Jaeger's API
 *
 * Undefined if it is none of them.
 */
export function requestsIn(value: unknown): Found[] | undefined {
  if (Array.isArray(value)) {
    const all = value.map(requestsIn)
    return all.length > 0 && all.every((found) => found !== undefined) ? all.flat() : undefined
  }
  if (!isObject(value)) return undefined
  if (isJaegerTrace(value)) return [{ signal: TRACES, body: fromJaeger(value) }]
  if (Array.isArray(value.data)) return value.data.length > 0 ? requestsIn(value.data) : []
  if ('resourceLogs' in value) return [{ signal: LOGS, body: value }]
  if ('resourceMetrics' in value) return [{ what: 'metrics' }]
  if ('resourceProfiles' in value) return [{ what: 'profiles' }]
  if ('resourceSpans' in value) return [tempo(value.resourceSpans)]
  if ('batches' in value) return [tempo(value.batches)]
  if (isObject(value.trace)) return requestsIn(value.trace)
  return isObject(value.result) ? requestsIn(value.result) : undefined
}
