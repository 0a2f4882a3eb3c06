// OTLP/HTTP with JSON (OpenTelemetry protocol specification 1.x, "JSON Protobuf Encoding"): ids in hex, 64-bit times as
// strings, enums as numbers.
import type { Attributes, HrTime, Link, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api'
import { diag } from '@opentelemetry/api'
import { isEventName } from '../sampler'
import { baseUrl } from './address'
import { setTimer } from './zone'

/** What is read of a `ReadableSpan`, of either OpenTelemetry line. */
export interface FinishedSpan {
  readonly name: string
  readonly kind: SpanKind
  spanContext(): SpanContext
  readonly parentSpanContext?: SpanContext | undefined
  readonly startTime: HrTime
  readonly endTime: HrTime
  readonly status: SpanStatus
  readonly attributes: Attributes
  readonly links: readonly Link[]
  readonly events: readonly {
    readonly name: string
    readonly time: HrTime
    readonly attributes?: Attributes | undefined
  }[]
  readonly resource: { readonly attributes: Attributes }
  readonly instrumentationScope: { readonly name: string; readonly version?: string | undefined }
}

/** A span ready to be sent: spans with the same head are sent under one. */
export interface EncodedSpan {
  /** JSON, from the resource to the list of spans. */
  readonly head: string
  /** JSON of the span. */
  readonly text: string
}

function anyValue(value: unknown): object | undefined {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (Number.isSafeInteger(value)) return { intValue: value }
  if (Number.isFinite(value)) return { doubleValue: value }
  if (Array.isArray(value)) return { arrayValue: { values: value.map(anyValue).filter(Boolean) } }
  return undefined
}

/** What leaves in an attribute's place; undefined takes it out. */
export type Clean = (key: string, value: unknown) => unknown

const nanos = ([seconds, rest]: HrTime) => `${seconds}${`${rest}`.padStart(9, '0')}`

/**
 * @param clean sees every attribute: of spans, their resource, events and links; a status message as `otel.status_description`; and the
 * names of what is not ours as `otel.span.name` and `otel.event.name`
 */
export function spanEncoder(clean: Clean): (span: FinishedSpan) => EncodedSpan {
  function textOf(key: string, from: unknown) {
    const value = clean(key, from)
    return typeof value === 'string' ? value : undefined
  }
  const nameOf = (key: string, name: string) => (isEventName(name) ? name : (textOf(key, name) ?? ''))
  const attributesOf = (attributes: Attributes = {}) =>
    Object.entries(attributes).flatMap(([key, from]) => {
      const value = anyValue(clean(key, from))
      return value ? [{ key, value }] : []
    })
  const resources = new WeakMap<Attributes, string>()
  /** Once for all spans of a provider: while a resource is still being detected, its attributes are new each time. */
  function resourceOf(attributes: Attributes): string {
    const known = resources.get(attributes) ?? JSON.stringify({ attributes: attributesOf(attributes) })
    resources.set(attributes, known)
    return known
  }

  return (span) => {
    const { name, kind, status, instrumentationScope: scope } = span
    const { traceId, spanId, traceFlags, traceState } = span.spanContext()
    const head = `"resource":${resourceOf(span.resource.attributes)},"scopeSpans":[{"scope":${JSON.stringify({ name: scope.name, version: scope.version })},"spans":[`
    const text = JSON.stringify({
      traceId,
      spanId,
      parentSpanId: span.parentSpanContext?.spanId,
      traceState: traceState?.serialize(),
      flags: traceFlags,
      name: nameOf('otel.span.name', name),
      // The API counts kinds from 0, the protocol from 1.
      kind: kind + 1,
      startTimeUnixNano: nanos(span.startTime),
      endTimeUnixNano: nanos(span.endTime),
      attributes: attributesOf(span.attributes),
      events: span.events.map(({ name, time, attributes }) => ({
        name: nameOf('otel.event.name', name),
        timeUnixNano: nanos(time),
        attributes: attributesOf(attributes),
      })),
      links: span.links.map(({ context: { traceId, spanId }, attributes }) => ({
        traceId,
        spanId,
        attributes: attributesOf(attributes),
      })),
      status: { code: status.code, message: textOf('otel.status_description', status.message) },
    })
    return { head, text }
  }
}

/** The body of an export request. */
export function requestOf(spans: readonly EncodedSpan[]): string {
  const groups = new Map<string, string[]>()
  for (const { head, text } of spans) groups.set(head, [...(groups.get(head) ?? []), text])
  return `{"resourceSpans":[${[...groups].map(([head, texts]) => `{${head}${texts}]}]}`)}]}`
}

/** What an endpoint said: taken; again later, perhaps after a time it names (ms); or never. */
export interface Answer {
  readonly status: 'taken' | 'later' | 'refused'
  readonly after?: number
}

/**
 * Whether a status says that this body is bad. What else is wrong (a route, a token, a crash) may be mended meanwhile: there OTLP has
 * exporters give up, but what an outbox keeps can wait.
 */
export const isRefusal = (status: number): boolean => [400, 413, 422].includes(status)

/** Where requests go. */
export interface Endpoint {
  /** What is posted to, so that nobody records it; empty when that is not known. */
  readonly url: string
  /** Sends the body of an export request. Never rejects. */
  send(request: string): Promise<Answer>
}

/** Browsers let out at most 64 KiB and 9 requests in all once a page goes away. */
const KEEPALIVE_BYTES = 60 * 1024
const KEEPALIVE_REQUESTS = 9
const TIMEOUT = 10_000
let bytesInFlight = 0
let requestsInFlight = 0

/** Where traces go, or undefined when that is no address. */
function addressOf(base: string): string | undefined {
  try {
    return new URL(`${base.replace(/\/$/, '')}/v1/traces`, baseUrl()).href
  } catch {
    return undefined
  }
}

/** `AbortSignal.timeout`, which Safari has from 16 on. */
function timeout(): AbortSignal {
  if (AbortSignal.timeout) return AbortSignal.timeout(TIMEOUT)
  const controller = new AbortController()
  setTimer(() => controller.abort(), TIMEOUT)
  return controller.signal
}

/** @param base the address without `/v1/traces` */
export function endpointAt(base: string, headers: Record<string, string> = {}): Endpoint {
  const address = addressOf(base)
  if (__DEV__ && !address)
    throw new TypeError(
      `throughline: the endpoint "${base}" is no address; use '/otlp', or 'https://collector.example.com'`,
    )
  const url = address ?? base
  return { url, send: (request) => post(url, headers, request) }
}

/** Posts a request, so that it outlives the page where the browser permits it. Never rejects. */
async function post(url: string, headers: Record<string, string>, text: string): Promise<Answer> {
  const body = new TextEncoder().encode(text)
  const { length } = body
  const keepalive = bytesInFlight + length <= KEEPALIVE_BYTES && requestsInFlight < KEEPALIVE_REQUESTS
  if (keepalive) {
    bytesInFlight += length
    requestsInFlight++
  }
  try {
    // What an instrumentation has wrapped need not trace this.
    const { __original: original } = fetch as { __original?: typeof fetch }
    const response = await (original ?? fetch)(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
      keepalive,
      signal: timeout(),
    })
    // Until the answer has been read, the request counts against the browser's budget.
    const said = await response.text()
    // A page, be it of a login or of an application's fallback, is no OTLP endpoint.
    const isPage = /html/.test(`${response.headers.get('content-type')}`)
    if (response.ok && !isPage) {
      if (/"rejectedSpans":\s*"?[1-9]/.test(said)) diag.warn(`throughline: ${url} has rejected spans:`, said)
      return { status: 'taken' }
    }
    if (__DEV__ && response.ok)
      diag.warn(`throughline: ${url} answers with a page; is it an OTLP endpoint, and open to everyone?`)
    if (isRefusal(response.status)) return { status: 'refused' }
    const after = response.headers.get('retry-after') ?? ''
    return { status: 'later', after: Number(after) * 1000 || Date.parse(after) - Date.now() || 0 }
  } catch {
    return { status: 'later' }
  } finally {
    if (keepalive) {
      bytesInFlight -= length
      requestsInFlight--
    }
  }
}
