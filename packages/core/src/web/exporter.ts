// For hosts that send with an exporter of their own. What waits and what the outbox holds is OTLP/JSON; an exporter
// wants the spans of an SDK, which are made from it again.
import type { Attributes, AttributeValue, HrTime } from '@opentelemetry/api'
import { context, createContextKey, diag, ROOT_CONTEXT } from '@opentelemetry/api'
import type { Answer, Endpoint } from './endpoint'
import { isRefusal, isUntaken } from './endpoint'

/** A SpanExporter of either OpenTelemetry line, by structure. */
export interface AnySpanExporter {
  export(
    // biome-ignore lint/suspicious/noExplicitAny: the two lines' types differ, what is read of a span does not
    spans: any[],
    done: (result: { readonly code: number; readonly error?: Error & { readonly code?: unknown } }) => void,
  ): void
}

interface Value {
  readonly arrayValue?: { readonly values: readonly Value[] }
}

interface KeyValue {
  readonly key: string
  readonly value: Value
}

interface Stamped {
  readonly attributes: readonly KeyValue[]
}

/** A span as `spanEncoder` writes it. */
interface Encoded extends Stamped {
  readonly traceId: string
  readonly spanId: string
  readonly parentSpanId?: string
  readonly traceState?: string
  readonly flags: number
  readonly name: string
  readonly kind: number
  readonly startTimeUnixNano: string
  readonly endTimeUnixNano: string
  readonly status: object
  readonly events: readonly (Stamped & { readonly name: string; readonly timeUnixNano: string })[]
  readonly links: readonly (Stamped & { readonly traceId: string; readonly spanId: string })[]
}

interface Resourced {
  readonly resource: Stamped
  readonly scopeSpans: readonly { readonly scope: object; readonly spans: readonly Encoded[] }[]
}

/** What OpenTelemetry JS reads to leave what happens in a context unrecorded. */
const SUPPRESSED = /* @__PURE__ */ createContextKey('OpenTelemetry SDK Context Key SUPPRESS_TRACING')

const plainValue = ({ arrayValue, ...plain }: Value): AttributeValue =>
  arrayValue ? (arrayValue.values.map(plainValue) as string[]) : (Object.values(plain)[0] as string)

const attributesOf = (pairs: readonly KeyValue[] = []): Attributes =>
  Object.fromEntries(pairs.map(({ key, value }) => [key, plainValue(value)]))

const hrTime = (nanos: string): HrTime => [Number(nanos.slice(0, -9)), Number(nanos.slice(-9))]

/** A ReadableSpan again. */
function readable(span: Encoded, resource: object, instrumentationScope: object) {
  const { traceId, spanId, parentSpanId, traceState, flags, startTimeUnixNano, endTimeUnixNano } = span
  const nanos = BigInt(endTimeUnixNano) - BigInt(startTimeUnixNano)
  const dropped = { droppedAttributesCount: 0, droppedEventsCount: 0, droppedLinksCount: 0 }
  const within = { traceId, traceFlags: flags }
  return {
    ...dropped,
    name: span.name,
    // The API counts kinds from 0, the protocol from 1.
    kind: span.kind - 1,
    status: span.status,
    ended: true,
    startTime: hrTime(startTimeUnixNano),
    endTime: hrTime(endTimeUnixNano),
    duration: hrTime(`${nanos}`.padStart(10, '0')),
    resource,
    instrumentationScope,
    spanContext: () => ({
      ...within,
      spanId,
      ...(traceState && { traceState: { serialize: () => traceState } }),
    }),
    parentSpanContext: parentSpanId ? { ...within, spanId: parentSpanId } : undefined,
    attributes: attributesOf(span.attributes),
    events: span.events.map(({ name, timeUnixNano, attributes }) => ({
      ...dropped,
      name,
      time: hrTime(timeUnixNano),
      attributes: attributesOf(attributes),
    })),
    links: span.links.map(({ traceId, spanId, attributes }) => ({
      ...dropped,
      context: { traceId, spanId, traceFlags: 1 },
      attributes: attributesOf(attributes),
    })),
  }
}

/** An exporter that does not answer holds a place in the queue until then, ms. */
const TIMEOUT = 60_000

const spansOf = (request: string) =>
  (JSON.parse(request).resourceSpans as Resourced[]).flatMap(({ resource, scopeSpans }) => {
    const attributes = attributesOf(resource.attributes)
    const shared = { attributes, getRawAttributes: () => Object.entries(attributes) }
    return scopeSpans.flatMap(({ scope, spans }) => spans.map((span) => readable(span, shared, scope)))
  })

/**
 * Sends with an exporter of OpenTelemetry JS, such as `new OTLPTraceExporter({ url: '/otlp/v1/traces' })`: for
 * protobuf, for headers that change, or to share one with the host. Pass it as `endpoint`. The queue, the outbox and
 * the accounting stay; what the exporter does by itself (retries of its own, a `Retry-After` that it does not pass
 * on) comes on top.
 *
 * @param exporter of either OpenTelemetry line
 */
export function viaExporter(exporter: AnySpanExporter): Endpoint {
  return {
    url: '',
    async send(request): Promise<Answer> {
      let timer: ReturnType<typeof setTimeout> | undefined
      try {
        const spans = spansOf(request)
        return await new Promise((resolve) => {
          timer = setTimeout(resolve, TIMEOUT, { status: 'later' })
          context.with(ROOT_CONTEXT.setValue(SUPPRESSED, true), () =>
            exporter.export(spans, ({ code, error }) => {
              const said = Number(error?.code)
              if (code === 0) resolve({ status: 'taken' })
              else if (isRefusal(said)) resolve({ status: 'refused', why: `HTTP ${said}` })
              else resolve({ status: 'later', isUntaken: isUntaken(said) })
            }),
          )
        })
      } catch (error) {
        // Something that another script wrote into the outbox, or that this exporter cannot encode.
        diag.error('throughline:', error)
        return { status: 'refused', why: 'not encoded' }
      } finally {
        clearTimeout(timer)
      }
    },
  }
}
