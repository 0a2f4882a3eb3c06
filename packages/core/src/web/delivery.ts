import type { Attributes, HrTime, Link, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api'
import { context, diag, ROOT_CONTEXT } from '@opentelemetry/api'
import { DELIVERY, DELIVERY_COUNT, EVENT_ID, PAGE_ID } from '../attributes'
import { isEventName } from '../sampler'
import type { Tracker } from '../tracker'
import type { Outbox } from './outbox'
import { urlOf } from './propagator'
import { scrubUrl } from './scrub'

/** A `ReadableSpan` of either OpenTelemetry line, by structure. */
export interface FinishedSpan {
  readonly name: string
  readonly kind: SpanKind
  readonly spanContext: () => SpanContext
  readonly parentSpanContext?: SpanContext | undefined
  readonly startTime: HrTime
  readonly endTime: HrTime
  readonly status: SpanStatus
  readonly attributes: Attributes
  readonly links: Link[]
  // biome-ignore lint/suspicious/noExplicitAny: passed through untouched
  readonly events: any[]
  readonly duration: HrTime
  readonly ended: boolean
  readonly resource: {
    readonly attributes: Attributes
    getRawAttributes(): [string, Attributes[string]][]
    // biome-ignore lint/suspicious/noExplicitAny: never merged
    merge(other: any): any
  }
  // biome-ignore lint/suspicious/noExplicitAny: passed through untouched
  readonly instrumentationScope: any
  readonly droppedAttributesCount: number
  readonly droppedEventsCount: number
  readonly droppedLinksCount: number
}

/** A `SpanExporter` of either line, by structure. */
export interface Exporter {
  // biome-ignore lint/suspicious/noExplicitAny: the two lines' ReadableSpans differ in name alone
  export(spans: any[], done: (result: { code: number; error?: Error }) => void): void
  shutdown(): Promise<void>
}

export interface DeliveryOptions {
  readonly exporter: Exporter
  /** Spans of requests to it are never recorded. */
  readonly endpoint: string
  readonly page: string
  readonly outbox?: Outbox
  /** Query parameters that URLs may keep. */
  readonly allowUrlParams?: readonly string[]
  /** Sees every attribute before it leaves; what it returns goes instead, undefined takes it out. */
  readonly redact?: (key: string, value: unknown) => unknown
}

/** Sends finished spans, journey events first, in batches that fit what a browser lets out of a page that goes away. */
export interface Delivery {
  // biome-ignore lint/suspicious/noExplicitAny: a SpanProcessor of either line
  readonly processor: any
  isOwn(url: string): boolean
  /** True when spans may leave. */
  readonly isOpen: () => boolean
  /** Consent: `false` holds everything back in memory; with `discard`, what waits is dropped. */
  open(isOpen: boolean, discard?: boolean): void
  /** Sends what waits, now; resolves when it arrived or failed. */
  flush(): Promise<void>
  /** Sends what pages that are gone left in the outbox. */
  recover(): void
  /** Records what became of this page's events so far. */
  report(tracker: Tracker): void
  stop(): Promise<void>
}

const BATCH = 25
const BATCH_BYTES = 45_000
const DELAY = 1000
const MOST_WAITING = 500
const URL_KEYS = ['url.full', 'http.url', 'browser.document.url.full']

interface Waiting {
  readonly span: FinishedSpan
  readonly id: string | undefined
  readonly bytes: number
  readonly isRecovered?: boolean
}

/** The queue between a provider and its exporter. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { exporter, endpoint, page, outbox, allowUrlParams, redact } = options
  const counts = { emitted: 0, delivered: 0, dropped: 0, retried: 0, recovered: 0 }
  const encoder = new TextEncoder()
  let events: Waiting[] = []
  const others: Waiting[] = []
  let isOpen = true
  let failures = 0
  let blockedUntil = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  const inFlight = new Set<Promise<void>>()

  /** What is kept in a Span object that has ended is still ours to change until it is sent. */
  function clean(attributes: Record<string, unknown>) {
    for (const key in attributes) {
      if (URL_KEYS.includes(key)) attributes[key] = scrubUrl(`${attributes[key]}`, allowUrlParams)
      else if (key === 'url.query' && !allowUrlParams) delete attributes[key]
      if (!redact) continue
      const kept = redact(key, attributes[key])
      if (kept === undefined) delete attributes[key]
      else attributes[key] = kept
    }
  }

  function drop(from: Waiting[]) {
    for (const { id, isRecovered } of from) {
      if (id) outbox?.remove(id)
      if (!isRecovered) counts.dropped++
    }
  }

  function add(waiting: Waiting) {
    const queue = waiting.id ? events : others
    queue.push(waiting)
    if (queue.length > MOST_WAITING) drop(queue.splice(0, 1))
    // A hidden page may be gone before any timer: vitals become final after the flush that hiding itself caused.
    if (globalThis.document?.visibilityState === 'hidden') queueMicrotask(delivery.flush)
    else timer ??= setTimeout(tick, DELAY)
  }

  /** The next batch: events first, as many as fit. */
  function take(): Waiting[] {
    const batch: Waiting[] = []
    let room = BATCH_BYTES
    for (const queue of [events, others])
      while (queue[0] && batch.length < BATCH && (batch.length === 0 || queue[0].bytes <= room)) {
        room -= queue[0].bytes
        batch.push(queue.shift()!)
      }
    return batch
  }

  function send(batch: Waiting[]): Promise<void> {
    const sent = new Promise<{ code: number; error?: Error }>((resolve) =>
      // Detached, so that an instrumented fetch does not put the export itself into the visit's trace.
      context.with(ROOT_CONTEXT, () =>
        exporter.export(
          batch.map(({ span }) => span),
          resolve,
        ),
      ),
    )
      .catch((error) => ({ code: 1, error }))
      .then(({ code, error }) => {
        inFlight.delete(sent)
        if (code === 0) {
          failures = 0
          for (const { id, isRecovered } of batch) {
            if (id) outbox?.remove(id)
            counts[isRecovered ? 'recovered' : 'delivered']++
          }
          return
        }
        // Events wait for the next try, here and in the outbox; what else failed is gone. After each failure we stay
        // away twice as long, so that a dead endpoint costs the page next to nothing.
        failures++
        blockedUntil = Date.now() + Math.min(6e4, 1000 * 2 ** failures) * (0.75 + Math.random() / 2)
        diag.warn(`throughline: ${endpoint} takes no spans; trying again`, error)
        const again = batch.filter(({ id }) => id)
        counts.retried += again.length
        drop(batch.filter(({ id }) => !id))
        events = [...again, ...events]
        drop(events.splice(MOST_WAITING))
        timer ??= setTimeout(tick, DELAY)
      })
    inFlight.add(sent)
    return sent
  }

  function tick() {
    timer = undefined
    const wait = blockedUntil - Date.now()
    if (!isOpen || events.length + others.length === 0) return
    if (wait <= 0 && inFlight.size < 2) send(take())
    if (events.length + others.length > 0)
      timer = setTimeout(tick, Math.max(wait, inFlight.size ? DELAY : 50))
  }

  const delivery: Delivery = {
    isOwn: (url) => !!url && url.startsWith(endpoint),
    isOpen: () => isOpen,
    processor: {
      onStart() {},
      onEnd(span: FinishedSpan) {
        try {
          if (!(span.spanContext().traceFlags & 1) || delivery.isOwn(urlOf(span.attributes))) return
          clean(span.attributes)
          const id = isEventName(span.name) ? `${span.attributes[EVENT_ID] ?? ''}` || undefined : undefined
          const bytes =
            700 + encoder.encode(JSON.stringify(span.attributes)).length + 200 * span.events.length
          if (span.name !== DELIVERY) counts.emitted++
          if (id && isOpen && span.name !== DELIVERY) outbox?.put(id, span)
          add({ span, id, bytes, isRecovered: span.name === DELIVERY })
        } catch (error) {
          diag.error('throughline:', error)
        }
      },
      forceFlush: () => delivery.flush(),
      shutdown: () => delivery.stop(),
    },
    open(opened, discard) {
      isOpen = opened
      if (discard) {
        drop([...events.splice(0), ...others.splice(0)])
        outbox?.clear()
      }
      if (!isOpen) return
      for (const { id, span } of events) if (id) outbox?.put(id, span)
      timer ??= setTimeout(tick, DELAY)
    },
    async flush() {
      if (isOpen && Date.now() >= blockedUntil) while (events.length + others.length > 0) send(take())
      await Promise.all(inFlight)
    },
    recover() {
      if (isOpen)
        for (const { id, span } of outbox?.left() ?? [])
          if (!events.some((waiting) => waiting.id === id)) add({ id, span, bytes: 1500, isRecovered: true })
    },
    report(tracker) {
      const { emitted, delivered, dropped } = counts
      if (emitted === 0) return
      const all = { ...counts, pending: emitted - delivered - dropped }
      const attributes: Record<string, string | number> = { [PAGE_ID]: page }
      for (const [name, count] of Object.entries(all)) attributes[DELIVERY_COUNT + name] = count
      tracker.record(DELIVERY, attributes)
    },
    async stop() {
      clearTimeout(timer)
      await delivery.flush()
      clearTimeout(timer)
      await exporter.shutdown()
    },
  }
  return delivery
}
