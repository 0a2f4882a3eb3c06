/** A span that knows nothing of Throughline, as `sql/existing/spans.sql` reads it. */
export interface ExistingSpan {
  /** Microseconds since the epoch. */
  readonly time: number
  readonly trace: string
  readonly span: string
  readonly parent: string
  readonly state: string
  readonly name: string
  readonly kind: string
  readonly service: string
  /** Nanoseconds. */
  readonly duration: number
  readonly status_code: string
  readonly attributes: Readonly<Record<string, string>>
  readonly resource: Readonly<Record<string, string>>
  /** What may say on which page it happened, the most certain first. */
  readonly addresses: readonly string[]
  /** Whether it lasted as long as a page took to load. */
  readonly loads: boolean
  readonly exceptions: readonly Readonly<Record<string, string>>[]
  /** Empty if neither it nor another span of its trace names one. */
  readonly session: string
  readonly person: string
}

/** A row of `otel_traces`, as far as it is filled here. */
export interface StoredSpan {
  readonly Timestamp: string
  readonly TraceId: string
  readonly SpanId: string
  readonly ParentSpanId: string
  readonly TraceState: string
  readonly SpanName: string
  readonly SpanKind: string
  readonly ServiceName: string
  readonly ResourceAttributes: Readonly<Record<string, string>>
  readonly SpanAttributes: Readonly<Record<string, string>>
  readonly Duration: number
  readonly StatusCode: string
}

/** A decimal number of seconds, which the engine reads as a time whatever its own time zone. */
const timestamp = (microseconds: number) => (microseconds / 1e6).toFixed(6)

/** An existing span as it is stored, with what else is known of it. */
export const storedSpan = (
  span: ExistingSpan,
  more: Readonly<Record<string, string>>,
  own: Partial<StoredSpan> = {},
): StoredSpan => ({
  Timestamp: timestamp(span.time),
  TraceId: span.trace,
  SpanId: span.span,
  ParentSpanId: span.parent,
  TraceState: span.state,
  SpanName: span.name,
  SpanKind: span.kind,
  ServiceName: span.service,
  ResourceAttributes: span.resource,
  SpanAttributes: { ...span.attributes, ...more },
  Duration: span.duration,
  StatusCode: span.status_code,
  ...own,
})

/** An event that follows from a span: of its page, but with a time and attributes of its own. */
export const storedEvent = (
  span: ExistingSpan,
  {
    name,
    time,
    end,
    id,
    attributes,
  }: {
    /** ms since the epoch. */
    readonly time: number
    readonly end: number
    readonly name: string
    readonly id: string
    readonly attributes: Readonly<Record<string, string>>
  },
): StoredSpan =>
  storedSpan({ ...span, attributes: {} }, attributes, {
    Timestamp: timestamp(Math.round(time * 1000)),
    SpanId: id.slice(0, 16),
    ParentSpanId: '',
    TraceState: '',
    SpanName: name,
    SpanKind: 'Internal',
    Duration: Math.round((end - time) * 1e6),
    StatusCode: 'Unset',
  })
