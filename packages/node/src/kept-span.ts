import { createHash } from 'node:crypto'
import type { Attributes, HrTime, Link, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api'
import { attributes as names } from '@throughline/core'

/** What a span's resource is, of either line of OpenTelemetry. */
interface SpanResource {
  readonly attributes: Attributes
  readonly schemaUrl?: string | undefined
}

interface SpanScope {
  readonly name: string
  readonly version?: string | undefined
  readonly schemaUrl?: string | undefined
}

/** `ReadableSpan` of the SDK, by structure: what exporters read of a span. */
export interface KeptSpan {
  readonly name: string
  readonly kind: SpanKind
  spanContext(): SpanContext
  readonly parentSpanContext?: SpanContext | undefined
  readonly startTime: HrTime
  readonly endTime: HrTime
  readonly duration: HrTime
  readonly ended: boolean
  readonly status: SpanStatus
  readonly attributes: Attributes
  readonly links: Link[]
  readonly events: unknown[]
  readonly resource: SpanResource
  readonly instrumentationScope: SpanScope
  readonly droppedAttributesCount: number
  readonly droppedEventsCount: number
  readonly droppedLinksCount: number
}

const KEPT: ReadonlySet<string> = new Set([
  names.STEP_ENTER,
  names.RUN_END,
  names.EXPOSURE,
  names.ALIAS,
  names.MARK,
])

/** Identifies a span. */
export const keyOf = (span: Pick<KeptSpan, 'spanContext'>): string => {
  const { traceId, spanId } = span.spanContext()
  return traceId + spanId
}

/** Whether a span is one of those that results are made of. */
export function isKept(span: unknown): span is KeptSpan {
  const { name, attributes, startTime, resource, instrumentationScope } = (span ?? {}) as Partial<KeptSpan>
  return !!name && KEPT.has(name) && !!attributes && !!startTime && !!resource && !!instrumentationScope
}

const NOTHING = {
  links: [],
  events: [],
  droppedAttributesCount: 0,
  droppedEventsCount: 0,
  droppedLinksCount: 0,
}

interface Facts
  extends Pick<
    KeptSpan,
    'name' | 'kind' | 'startTime' | 'endTime' | 'attributes' | 'resource' | 'instrumentationScope'
  > {
  readonly context: SpanContext
  readonly parent?: SpanContext | undefined
}

/** A span out of what is known of it: event spans have no events of their own, and end when they begin. */
export function spanOf({ context, parent, ...rest }: Facts): KeptSpan {
  return {
    ...NOTHING,
    ...rest,
    spanContext: () => context,
    parentSpanContext: parent,
    duration: [0, 0],
    ended: true,
    status: { code: 0 },
  }
}

const withoutState = ({ traceId, spanId, traceFlags, isRemote }: SpanContext): SpanContext =>
  isRemote === undefined ? { traceId, spanId, traceFlags } : { traceId, spanId, traceFlags, isRemote }

/** A copy of a span that holds on to nothing of the SDK but its resource and scope. */
export function copyOf(span: KeptSpan): KeptSpan {
  const { name, kind, startTime, endTime, attributes, resource, instrumentationScope } = span
  return spanOf({
    ...{ name, kind, startTime, endTime, resource, instrumentationScope },
    attributes: { ...attributes },
    context: withoutState(span.spanContext()),
    parent: span.parentSpanContext && withoutState(span.parentSpanContext),
  })
}

/** The same span, as it is sent when an earlier attempt may have arrived. */
export const resent = (span: KeptSpan): KeptSpan => ({
  ...span,
  attributes: { ...span.attributes, [names.EVENT_RESENT]: true },
})

const checksum = (text: string) => createHash('sha256').update(text).digest('hex').slice(0, 8)

/** One line of a file, with a checksum. */
export const lineOf = (value: unknown): string => {
  const json = JSON.stringify(value)
  return `${checksum(json)} ${json}\n`
}

/** The value of a line; undefined where it is damaged. */
export function readLine(line: string): unknown {
  const json = line.slice(9)
  if (line[8] !== ' ' || checksum(json) !== line.slice(0, 8)) return undefined
  return JSON.parse(json)
}

/** What a file holds of a span. */
export function factsOf(span: KeptSpan): Facts {
  const { name, kind, startTime, endTime, attributes, resource, instrumentationScope: scope } = span
  return {
    ...{ name, kind, startTime, endTime, attributes },
    resource: { attributes: resource.attributes, schemaUrl: resource.schemaUrl },
    instrumentationScope: { name: scope.name, version: scope.version, schemaUrl: scope.schemaUrl },
    context: span.spanContext(),
    parent: span.parentSpanContext,
  }
}

/** A span out of a file; undefined when it is none. Spans of one resource share it, so that they leave together. */
export function restoredSpan(facts: Facts, resources: Map<string, SpanResource>): KeptSpan | undefined {
  const key = JSON.stringify(facts.resource)
  const resource = resources.get(key) ?? facts.resource
  resources.set(key, resource)
  const span = spanOf({ ...facts, resource })
  return isKept(span) && typeof facts.context?.spanId === 'string' && Array.isArray(facts.endTime)
    ? span
    : undefined
}
