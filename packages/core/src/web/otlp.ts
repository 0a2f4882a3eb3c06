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

const nanos = ([seconds, rest]: HrTime) => `${seconds}${`${rest}`.padStart(9, '0')}`

/**
 * @param clean sees every attribute: of spans, their resource, events and links; a status message as
 * `otel.status_description`; and the names of what is not ours as `otel.span.name` and `otel.event.name`
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

const MARK = `{"key":"${Name.EVENT_RESENT}","value":{"boolValue":true}}`

/** An encoded span that says that an earlier attempt to send it may have arrived. */
export const resent = (text: string): string =>
  text.includes(MARK)
    ? text
    : text.replace(/"attributes":\[(\]?)/, (_, end) => `"attributes":[${MARK}${end || ','}`)
