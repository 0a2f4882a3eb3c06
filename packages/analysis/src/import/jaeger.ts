// A trace as Jaeger's query API and its interface's download give it, as OTLP. Jaeger keeps times to the microsecond;
// status, scope and trace state are tags, as https://opentelemetry.io/docs/specs/otel/trace/sdk_exporters/jaeger/ has
// them. Only its shape is known; what is wrong with a value is found when the OTLP is read.

interface Tag {
  readonly key?: string
  readonly type?: string
  readonly value?: unknown
}

interface JaegerSpan {
  readonly traceID?: string
  readonly spanID?: string
  readonly parentSpanID?: string
  readonly operationName?: string
  readonly references?: readonly { refType?: string; traceID?: string; spanID?: string }[]
  readonly startTime?: number
  readonly duration?: number
  readonly tags?: readonly Tag[]
  readonly logs?: readonly { timestamp?: number; fields?: readonly Tag[] }[]
  readonly processID?: string
  readonly process?: JaegerProcess
}

interface JaegerProcess {
  readonly serviceName?: string
  readonly tags?: readonly Tag[]
}

/** A trace of Jaeger's. */
export interface JaegerTrace {
  readonly spans: readonly JaegerSpan[]
  readonly processes?: Readonly<Record<string, JaegerProcess>>
}

/** Tags that OTLP has fields of its own for. */
const FIELDS = new Set([
  'span.kind',
  'otel.status_code',
  'otel.status_description',
  'otel.scope.name',
  'otel.scope.version',
  'w3c.tracestate',
  'internal.span.format',
])

const KINDS: Readonly<Record<string, number>> = {
  internal: 1,
  server: 2,
  client: 3,
  producer: 4,
  consumer: 5,
}

const anyValue = ({ type, value }: Tag) => {
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number')
    return type === 'int64' ? { intValue: String(value) } : { doubleValue: value }
  if (type === 'int64') return { intValue: String(value) }
  if (type === 'bool') return { boolValue: value === 'true' }
  return { stringValue: String(value ?? '') }
}

const attributes = (tags: readonly Tag[] = []) =>
  tags.filter(({ key = '' }) => !FIELDS.has(key)).map((tag) => ({ key: tag.key, value: anyValue(tag) }))

const textOf = (tags: readonly Tag[] = [], key: string): string => {
  const value = tags.find((tag) => tag.key === key)?.value
  return value === undefined ? '' : String(value)
}

/** Jaeger leaves out leading zeros of ids. */
const padded = (id = '', digits: number) => (id === '' ? '' : id.padStart(digits, '0'))

const nanoseconds = (microseconds: number | undefined) =>
  microseconds === undefined ? undefined : String(BigInt(Math.round(microseconds)) * 1000n)

function statusOf(tags: readonly Tag[] = []) {
  const message = textOf(tags, 'otel.status_description')
  const said = textOf(tags, 'otel.status_code')
  if (said === 'ERROR' || textOf(tags, 'error') === 'true') return { code: 2, message }
  return said === 'OK' ? { code: 1 } : {}
}

function spanOf({ tags, logs = [], references = [], ...span }: JaegerSpan) {
  const parent = references.find(({ refType, traceID }) => refType === 'CHILD_OF' && traceID === span.traceID)
  return {
    traceId: padded(span.traceID, 32),
    spanId: padded(span.spanID, 16),
    parentSpanId: padded(parent?.spanID ?? span.parentSpanID, 16),
    traceState: textOf(tags, 'w3c.tracestate'),
    name: span.operationName,
    kind: KINDS[textOf(tags, 'span.kind')] ?? 1,
    startTimeUnixNano: nanoseconds(span.startTime),
    endTimeUnixNano: nanoseconds((span.startTime ?? 0) + (span.duration ?? 0)),
    attributes: attributes(tags),
    status: statusOf(tags),
    events: logs.map(({ timestamp, fields = [] }) => ({
      timeUnixNano: nanoseconds(timestamp),
      name: textOf(fields, 'event'),
      attributes: attributes(fields.filter(({ key }) => key !== 'event')),
    })),
    links: references
      .filter((reference) => reference !== parent)
      .map(({ traceID, spanID }) => ({ traceId: padded(traceID, 32), spanId: padded(spanID, 16) })),
  }
}

function resourceOf({ serviceName = '', tags }: JaegerProcess = {}) {
  return { attributes: [{ key: 'service.name', value: { stringValue: serviceName } }, ...attributes(tags)] }
}

/** Whether a value is a trace of Jaeger's. */
export const isJaegerTrace = (value: unknown): value is JaegerTrace =>
  Array.isArray((value as JaegerTrace | null)?.spans) &&
  ((value as JaegerTrace).processes !== undefined ||
    (value as JaegerTrace).spans.some((span) => span?.process))

/** A trace of Jaeger's as an OTLP request. */
export function fromJaeger({ spans, processes = {} }: JaegerTrace) {
  return {
    resourceSpans: spans.map((span) => ({
      resource: resourceOf(span.process ?? processes[span.processID ?? '']),
      scopeSpans: [
        {
          scope: {
            name: textOf(span.tags, 'otel.scope.name'),
            version: textOf(span.tags, 'otel.scope.version'),
          },
          spans: [spanOf(span)],
        },
      ],
    })),
  }
}
