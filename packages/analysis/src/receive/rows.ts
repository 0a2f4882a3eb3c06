import { EVENT_SPANS, isEventOnly, isRunId, isTimely, attributes as names } from '@throughline/core'
import { malformed } from './bad-request.ts'
import type { Signal } from './otlp.ts'
import { TRACES } from './otlp.ts'
import { hexId, nanoseconds } from './times.ts'
import { asText, attributesText, list, object, quote, string, uint32 } from './values.ts'

/** What became of a request: the rows to store, and what was refused. */
export interface Rows {
  /** JSONEachRow, in memory of its own. */
  readonly lines: Uint8Array<ArrayBuffer>
  readonly rejected: number
  /** Why, if anything was; also what was dropped of that which was taken. */
  readonly message: string
}

export interface RowOptions {
  /** Anyone could have sent it: what says that a server saw something is not believed. */
  readonly isPublic: boolean
  /** The present that age is judged by, ms since the epoch. */
  readonly now: number
}

/** A clock that is less ahead than this, in ms, is as good as ours. */
const AHEAD = 60_000

/** What many spans share is written out for each: a few bytes in must not become gigabytes out. */
const MOST_TEXT = 256 * 2 ** 20

const KINDS = ['Unspecified', 'Internal', 'Server', 'Client', 'Producer', 'Consumer']
const SERVER: readonly unknown[] = [2, 'SPAN_KIND_SERVER']
const STATUSES = ['Unset', 'Ok', 'Error']

/** The name of an enum's value, which JSON gives as number or as `PREFIX_NAME`. */
function enumName(value: unknown, from: readonly string[], prefix: string): string {
  const name =
    typeof value === 'number' ? from[value] : from.find((each) => value === prefix + each.toUpperCase())
  if (name === undefined) throw malformed(`${JSON.stringify(value)} is no ${prefix}…`)
  return name
}

/** What became of the operation. */
function statusText({ code, message }: Record<string, unknown>): string {
  const result = `"StatusCode":"${enumName(code ?? 0, STATUSES, 'STATUS_CODE_')}"`
  return message ? `${result},"StatusMessage":${quote(string(message, "a status's message"))}` : result
}

/** The columns of a span's events; nothing if there are none. */
function eventsText(value: unknown): string {
  const events = list(value, "a span's events")
  if (events.length === 0) return ''
  return `"Events.Timestamp":[${events.map((event) => nanoseconds(event.timeUnixNano, "an event's timeUnixNano"))}],"Events.Name":[${events.map((event) => quote(string(event.name, "an event's name")))}],"Events.Attributes":[${events.map((event) => attributesText(event.attributes))}]`
}

/** The columns of a span's links; nothing if there are none. */
function linksText(value: unknown): string {
  const links = list(value, "a span's links")
  if (links.length === 0) return ''
  return `"Links.TraceId":[${links.map((link) => quote(hexId(link.traceId, 32, "a link's traceId")))}],"Links.SpanId":[${links.map((link) => quote(hexId(link.spanId, 16, "a link's spanId")))}],"Links.TraceState":[${links.map((link) => quote(string(link.traceState, "a link's traceState")))}],"Links.Attributes":[${links.map((link) => attributesText(link.attributes))}]`
}

/** The exporter's columns of a span, without those that hang on its resource and scope. */
function spanText(span: Record<string, unknown>, start: bigint, attributes: string): string {
  const traceId = hexId(span.traceId, 32, "a span's traceId")
  const spanId = hexId(span.spanId, 16, "a span's spanId")
  const end = nanoseconds(span.endTimeUnixNano, "a span's endTimeUnixNano")
  if (!traceId || !spanId) throw malformed('a span has no traceId or no spanId')
  const duration = end - start
  if (duration < 0n) throw malformed(`span ${spanId} ends before it starts, or has no end`)
  const kind = enumName(span.kind ?? 0, KINDS, 'SPAN_KIND_')
  let text = `"Timestamp":${start},"TraceId":"${traceId}","SpanId":"${spanId}","SpanName":${quote(string(span.name, "a span's name"))},"SpanKind":"${kind}","SpanAttributes":${attributes},"Duration":${duration},${statusText(object(span.status, "a span's status"))}`
  const parent = hexId(span.parentSpanId, 16, "a span's parentSpanId")
  if (parent) text += `,"ParentSpanId":"${parent}"`
  if (span.traceState) text += `,"TraceState":${quote(string(span.traceState, "a span's traceState"))}`
  const events = eventsText(span.events)
  if (events) text += `,${events}`
  const links = linksText(span.links)
  if (links) text += `,${links}`
  return text
}

function logText(log: Record<string, unknown>, time: bigint, attributes: string): string {
  const severity = enumName(log.severityNumber ?? 0, SEVERITIES, 'SEVERITY_NUMBER_')
  return `"Timestamp":${time},"TraceId":"${hexId(log.traceId, 32, "a log record's traceId")}","SpanId":"${hexId(log.spanId, 16, "a log record's spanId")}","TraceFlags":${uint32(log.flags, "a log record's flags") & 255},"SeverityText":${quote(string(log.severityText, "a log record's severityText"))},"SeverityNumber":${SEVERITIES.indexOf(severity)},"Body":${quote(asText(log.body))},"LogAttributes":${attributes},"EventName":${quote(string(log.eventName, "a log record's eventName"))}`
}

/** 0 is unspecified, then six levels of four: `TRACE`, `TRACE2`, … `FATAL4`. */
const SEVERITIES = [
  'UNSPECIFIED',
  ...['TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'].flatMap((level) =>
    ['', 2, 3, 4].map((n) => level + n),
  ),
]

/** When it happened; a log record may only know when it was seen, or not even that. */
function timeOf(signal: Signal, record: Record<string, unknown>, now: number): bigint {
  if (signal === TRACES) {
    const start = nanoseconds(record.startTimeUnixNano, "a span's startTimeUnixNano")
    if (start === 0n) throw malformed('a span has no startTimeUnixNano')
    return start
  }
  const time = nanoseconds(record.timeUnixNano, "a log record's timeUnixNano")
  if (time !== 0n) return time
  const seen = nanoseconds(record.observedTimeUnixNano, "a log record's observedTimeUnixNano")
  return seen === 0n ? BigInt(now) * 1_000_000n : seen
}

/** The columns that all spans, or all log records, of a resource share. */
function resourceText({ attributes }: Record<string, unknown>): string {
  const service = list(attributes, 'attributes').find(({ key }) => key === 'service.name')
  return `"ServiceName":${quote(asText(service?.value))},"ResourceAttributes":${attributesText(attributes)}`
}

const scopeText = ({ name, version }: Record<string, unknown>): string =>
  `"ScopeName":${quote(string(name, "a scope's name"))},"ScopeVersion":${quote(string(version, "a scope's version"))}`

/** An event that arrived before it had happened says by how much, in ms: nothing else knows when it arrived. */
const withAhead = (attributes: string, ahead: number) =>
  `${attributes.slice(0, -1)}${attributes.length > 2 ? ',' : ''}"${names.EVENT_AHEAD}":"${ahead}"}`

/** What is refused or dropped, as it is worded, and how often it was. */
type Tally = Map<string, number>

const STRAYS = 'of a run whose id is no UUIDv7 of the last 400 days'
const UNTIMELY = 'over 31 days old or more than three days ahead'
const FORGED = `of the name ${names.MARK}, which only a server may send`
const MISPLACED = 'attributes that only event spans may carry'

/** Counts in words, such as `2 too old; 1 too new`; nothing if there are none. */
const wording = (what: string, tally: Tally): string[] =>
  tally.size > 0
    ? [`${what}: ${Array.from(tally, ([reason, count]) => `${count} ${reason}`).join('; ')}`]
    : []

/**
 * Turns an export request into the rows that the collector's exporter would write.
 *
 * @throws BadRequest when any of it is not OTLP; nothing of it is taken then
 */
export function toRows(signal: Signal, request: unknown, { isPublic, now }: RowOptions): Rows {
  const body = object(request ?? 'nothing', 'the body')
  if (!(signal.resources in body) && Object.keys(body).length > 0)
    throw malformed(`the body is no OTLP: it has no ${signal.resources}`)
  let lines = ''
  const refused: Tally = new Map()
  const dropped: Tally = new Map()
  const count = (tally: Tally, what: string) => tally.set(what, (tally.get(what) ?? 0) + 1)
  let isStray = false
  let isEvent = false
  const each = (key: string, value: string) => {
    // It is ours to say.
    if (isPublic && (key === names.EVENT_AHEAD || key === names.RUN_THRESHOLD)) return
    if (key === names.RUN_ID && !isRunId(value, now)) isStray = true
    if (isEventOnly(key) && !isEvent) return void count(dropped, MISPLACED)
    return isPublic && key === names.EVENT_SOURCE ? 'browser' : value
  }
  const toText = signal === TRACES ? spanText : logText
  for (const group of list(body[signal.resources], signal.resources)) {
    let shared = resourceText(object(group.resource, 'resource'))
    if (signal !== TRACES) shared += `,"ResourceSchemaUrl":${quote(string(group.schemaUrl, 'schemaUrl'))}`
    for (const part of list(group[signal.scopes], signal.scopes)) {
      const scope = object(part.scope, 'scope')
      let tail = `${shared},${scopeText(scope)}`
      if (signal !== TRACES)
        tail += `,"ScopeAttributes":${attributesText(scope.attributes)},"ScopeSchemaUrl":${quote(string(part.schemaUrl, 'schemaUrl'))}`
      for (const record of list(part[signal.records], signal.records)) {
        isStray = false
        // Nor does one request to a server stand for many because a page says so.
        if (isPublic && SERVER.includes(record.kind)) delete record.traceState
        isEvent = signal === TRACES && EVENT_SPANS.includes(record.name as string)
        const said = timeOf(signal, record, now)
        // What a page says of its events counts, however wrong its clock is: else nobody heard that they were refused.
        const isDated =
          record.name !== names.DELIVERY || signal !== TRACES || isTimely(Number(said) / 1e6, now)
        const time = isDated ? said : BigInt(now) * 1_000_000n
        if (!isDated) record.endTimeUnixNano = `${time}`
        const own = attributesText(record.attributes, each)
        const ahead = isEvent ? Math.round(Number(time) / 1e6 - now) : 0
        const text = toText(record, time, ahead > AHEAD ? withAhead(own, ahead) : own)
        if (isStray) count(refused, STRAYS)
        else if (!isTimely(Number(time) / 1e6, now)) count(refused, UNTIMELY)
        else if (isPublic && isEvent && record.name === names.MARK) count(refused, FORGED)
        else lines += `{${text},${tail}}\n`
        if (lines.length > MOST_TEXT)
          throw malformed('the attributes of a resource, repeated for each of its records, are too large')
      }
    }
  }
  const bytes = Buffer.allocUnsafeSlow(Buffer.byteLength(lines))
  bytes.write(lines)
  return {
    lines: bytes,
    rejected: Array.from(refused.values()).reduce((sum, n) => sum + n, 0),
    message: [...wording('refused', refused), ...wording('dropped', dropped)].join('. '),
  }
}
