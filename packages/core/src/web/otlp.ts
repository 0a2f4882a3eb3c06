// OTLP/HTTP with JSON (OpenTelemetry protocol specification 1.x, "JSON Protobuf Encoding"): ids in hex, 64-bit times as
// strings, enums as numbers.
import type { Attributes, HrTime, Link, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api'
import { Name } from '../attributes'
import { isEventName } from '../sampler'

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

/** Keys whose last value is known. */
const MOST_KEYS = 200

/** JSON of an object, with attributes that are JSON already. */
const withAttributes = (of: object, attributes: string) =>
  `${JSON.stringify(of).slice(0, -1)},"attributes":${attributes}}`

const nanos = ([seconds, rest]: HrTime) => `${seconds}${`${rest}`.padStart(9, '0')}`

/**
 * @param clean sees every attribute: of spans, their resource, events and links; a status message as
 * `otel.status_description`; and the names of what is not ours as `otel.span.name` and `otel.event.name`
 * @param isSteady whether it says the same of the same attribute each time
 */
export function spanEncoder(clean: Clean, isSteady: boolean): (span: FinishedSpan) => EncodedSpan {
  /** Of each key the last value, and its JSON: most attributes of a visit's spans are the visit's. */
  const known = new Map<string, [from: unknown, json: string]>()
  function textOf(key: string, from: unknown) {
    const value = clean(key, from)
    return typeof value === 'string' ? value : undefined
  }
  const nameOf = (key: string, name: string) => (isEventName(name) ? name : (textOf(key, name) ?? ''))
  function jsonOf(key: string, from: unknown): string {
    const before = isSteady ? known.get(key) : undefined
    if (before && before[0] === from) return before[1]
    const value = anyValue(clean(key, from))
    const json = value ? JSON.stringify({ key, value }) : ''
    if (known.size >= MOST_KEYS) known.clear()
    // What is no text or number may change.
    if (isSteady && typeof from !== 'object') known.set(key, [from, json])
    return json
  }
  const attributesOf = (attributes: Attributes = {}) =>
    `[${Object.entries(attributes)
      .map(([key, from]) => jsonOf(key, from))
      .filter(Boolean)
      .join(',')}]`
  const resources = new WeakMap<Attributes, string>()
  /** Once for all spans of a provider: while a resource is still being detected, its attributes are new each time. */
  function resourceOf(attributes: Attributes): string {
    const json = resources.get(attributes) ?? `{"attributes":${attributesOf(attributes)}}`
    resources.set(attributes, json)
    return json
  }

  return (span) => {
    const { name, kind, status, instrumentationScope: scope } = span
    const { traceId, spanId, traceFlags, traceState } = span.spanContext()
    const head = `"resource":${resourceOf(span.resource.attributes)},"scopeSpans":[{"scope":${JSON.stringify({ name: scope.name, version: scope.version })},"spans":[`
    const start = {
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
    }
    const events = span.events.map(({ name, time, attributes }) =>
      withAttributes(
        { name: nameOf('otel.event.name', name), timeUnixNano: nanos(time) },
        attributesOf(attributes),
      ),
    )
    const links = span.links.map(({ context: { traceId, spanId }, attributes }) =>
      withAttributes({ traceId, spanId }, attributesOf(attributes)),
    )
    const said = JSON.stringify({
      code: status.code,
      message: textOf('otel.status_description', status.message),
    })
    const text = `${withAttributes(start, attributesOf(span.attributes)).slice(0, -1)},"events":[${events}],"links":[${links}],"status":${said}}`
    return { head, text }
  }
}

/** The body of an export request. */
export function requestOf(spans: readonly EncodedSpan[]): string {
  const groups = new Map<string, string[]>()
  for (const { head, text } of spans) groups.set(head, [...(groups.get(head) ?? []), text])
  return `{"resourceSpans":[${[...groups].map(([head, texts]) => `{${head}${texts}]}]}`)}]}`
}

const MARK = `{"key":"${Name.EVENT_RESENT}","value":{"boolValue":true}}`

/** An encoded span that says that an earlier attempt to send it may have arrived. */
export const resent = (text: string): string =>
  text.includes(MARK)
    ? text
    : text.replace(/"attributes":\[(\]?)/, (_, end) => `"attributes":[${MARK}${end || ','}`)
