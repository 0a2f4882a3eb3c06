import type { Attributes } from '@opentelemetry/api'

/** The ids of the span that a visit's telemetry hangs under: its enter span. */
export interface VisitSpan {
  readonly traceId: string
  readonly spanId: string
  /** As in `SpanContext`: 1 when the run is sampled. */
  readonly traceFlags: number
}

/** One stay on a step, from its enter to its leave. Times are ms since the epoch. */
export interface Visit {
  /** The id of its enter event, 32 hex digits. */
  readonly id: string
  readonly journey: string
  readonly run: string
  readonly step: string
  readonly index: number
  readonly attempt: number
  /** Its place in the run: 1, 2, … in the order of entering. */
  readonly visitIndex?: number | undefined
  /** Of a step that a server entered, instead: the index in force when its request was sent. */
  readonly visitAfter?: number | undefined
  readonly start: number
  /** Set when it has ended. */
  end?: number | undefined
  /** The context attributes of section "wire contract", the same object for as long as they hold. */
  attributes: Attributes
  /** Set by the code that turns events into spans, while it handles the visit's enter event; survives reloads. */
  span?: VisitSpan | undefined
}

/** Something that happened on a visit, ready to become a span. */
export interface JourneyEvent {
  /** The span's name; one of the names in `attributes.ts`. */
  readonly name: string
  /** ms since the epoch. */
  readonly time: number
  /** For an event with a duration; else the same as `time`. */
  readonly end: number
  /** The visit that it is about; none when nothing was in force. */
  readonly visit?: Visit | undefined
  /** The visit before, of an enter event: its span is linked. */
  readonly previous?: Visit | undefined
  /** All attributes: context, event id and source, and the event's own; undefined for what there was none of. */
  readonly attributes: Attributes
}
