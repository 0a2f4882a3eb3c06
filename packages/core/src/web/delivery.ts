import type { Attributes, HrTime, Link, SpanContext, SpanKind, SpanStatus } from '@opentelemetry/api'
import { context, diag, ROOT_CONTEXT } from '@opentelemetry/api'
import { DELIVERY, DELIVERY_COUNT, EVENT_ID, PAGE_ID } from '../attributes'
import { hex, platformBytes } from '../ids'
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
  /** The URL that it posts to: spans of requests to it are never recorded. */
  readonly url: string
  /** Query parameters that URLs may keep. */
  readonly allowUrlParams?: readonly string[] | undefined
  /** Sees every attribute before it leaves; what it returns goes instead, undefined takes it out. */
  readonly redact?: ((key: string, value: unknown) => unknown) | undefined
}

/** Sends finished spans, journey events first, in batches that fit what a browser lets out of a page that goes away. */
export interface Delivery {
  /** One page load. */
  readonly page: string
  // biome-ignore lint/suspicious/noExplicitAny: a SpanProcessor of either line
  readonly processor: any
  /** Where journey events are written before they are sent; memory alone until it is set. */
  outbox?: Outbox | undefined
  isOwn(url: string): boolean
  /** True when spans may leave. */
  isOpen(): boolean
  /** Consent: false holds everything back in memory, a bounded number of it. */
  open(isOpen: boolean): void
  /** Drops what waits. */
  discard(): void
  /** Sends what waits, now; resolves when it arrived or failed. */
  flush(): Promise<void>
  /** Tries at once what was put off: the network is back. */
  retry(): void
  /** Sends what a page that is gone left behind. */
  recover(left: readonly { readonly id: string; readonly span: FinishedSpan }[]): void
  /** Records what became of this page's spans, if that has changed. */
  report(tracker: Tracker): void
}

const BATCH = 25
/** The keepalive budget is 60 KiB; the resource and the frame of the request are not counted. */
const BATCH_BYTES = 55_000
const DELAY = 1000
const MOST_WAITING = 600
/** A longer Retry-After than the exporter waits for itself. */
const TOLD_TO_WAIT = 120_000

interface Waiting {
  readonly span: FinishedSpan
  readonly bytes: number
  /** Of a journey event: its key in the outbox. */
  readonly id?: string | undefined
  /** Which count goes up when it has arrived. */
  readonly as?: 'delivered' | 'recovered' | undefined
  isRefused?: boolean
}

/** The queue between a provider and its exporter. */
export function createDelivery({ exporter, url, allowUrlParams, redact }: DeliveryOptions): Delivery {
  const page = hex(platformBytes(16))
  const counts = { emitted: 0, delivered: 0, dropped: 0, retried: 0, recovered: 0 }
  const encoder = new TextEncoder()
  const events: Waiting[] = []
  const others: Waiting[] = []
  const inFlight = new Set<Promise<void>>()
  let isOpen = true
  let failures = 0
  let blockedUntil = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  let reported = ''

  /** A span that has ended is only read from here on, by the exporter: what must not leave is taken out in place. */
  function clean(attributes: Record<string, unknown>) {
    for (const key in attributes) {
      let value = attributes[key]
      if (typeof value === 'string' && /^[a-z]+:\/\/\S*[?#@]/i.test(value))
        value = scrubUrl(value, allowUrlParams)
      if (/^url\.(query|fragment)$/.test(key)) value = undefined
      try {
        if (redact) value = redact(key, value)
      } catch {
        value = undefined
      }
      if (value === undefined) delete attributes[key]
      else attributes[key] = value
    }
  }

  function drop(from: readonly Waiting[]) {
    for (const { id, as } of from) {
      if (id) delivery.outbox?.remove(id)
      if (as === 'delivered') counts.dropped++
    }
  }

  function schedule(delay: number) {
    clearTimeout(timer)
    timer = setTimeout(tick, delay)
  }

  function add(waiting: Waiting, queue: Waiting[]) {
    queue.push(waiting)
    if (queue.length > MOST_WAITING) drop(queue.splice(0, 1))
    // A hidden page may be gone before any timer: vitals become final after the flush that hiding itself caused.
    if (globalThis.document?.visibilityState === 'hidden') queueMicrotask(delivery.flush)
    else if (timer === undefined || queue.length === BATCH) schedule(queue.length < BATCH ? DELAY : 0)
  }

  /** The next batch: events first, as many as fit. What was refused goes alone, lest it take others down with it. */
  function take(): Waiting[] {
    const batch: Waiting[] = []
    let room = BATCH_BYTES
    for (const queue of [events, others])
      while (queue[0] && batch.length < BATCH && (batch.length === 0 || queue[0].bytes <= room)) {
        if (queue[0].isRefused && batch.length > 0) return batch
        room -= queue[0].bytes
        batch.push(queue.shift()!)
        if (batch[0]!.isRefused) return batch
      }
    return batch
  }

  function arrived(batch: readonly Waiting[]) {
    failures = blockedUntil = 0
    for (const { id, as } of batch) {
      if (id) delivery.outbox?.remove(id)
      if (as) counts[as]++
    }
  }

  /** Events wait for the next try, here and in the outbox; what else failed is gone. */
  function failed(batch: readonly Waiting[], error: Error | undefined, began: number) {
    const message = `${error?.message}`
    const isRefused = message.includes('non-retryable')
    const again = batch.filter((waiting) => waiting.id && !(isRefused && waiting.isRefused))
    for (const waiting of again) waiting.isRefused ||= isRefused
    counts.retried += again.length
    drop(batch.filter((waiting) => !again.includes(waiting)))
    events.unshift(...again)
    drop(events.splice(MOST_WAITING))
    // After each failure we stay away twice as long, so that a dead endpoint costs the page next to nothing. The exporter
    // gives up at once only when it was told to wait for longer than it lives.
    failures++
    const isTold = Date.now() - began < 500 && message.includes('retryable status') && !isRefused
    const backoff = Math.min(60_000, 1000 * 2 ** failures) * (0.75 + Math.random() / 2)
    blockedUntil = Date.now() + (isTold ? TOLD_TO_WAIT : backoff)
    diag.warn(`throughline: ${url} takes no spans; trying again in a while`, error)
  }

  function send(batch: readonly Waiting[]) {
    const began = Date.now()
    const sent = new Promise<{ code: number; error?: Error }>((resolve) =>
      // Detached, so that the export is not put into the visit's trace.
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
        if (code === 0) arrived(batch)
        else failed(batch, error, began)
        schedule(0)
      })
    inFlight.add(sent)
  }

  const isOnline = () => globalThis.navigator?.onLine !== false
  const isEmpty = () => events.length + others.length === 0

  function tick() {
    timer = undefined
    if (!isOpen || isEmpty() || !isOnline()) return
    const wait = blockedUntil - Date.now()
    if (wait > 0) return schedule(wait)
    // One request alone tries out whether a dead endpoint is back; else two at a time.
    if (inFlight.size < (failures ? 1 : 2)) send(take())
    if (inFlight.size < 2 && !failures && !isEmpty())
      schedule(events.length + others.length < BATCH ? DELAY : 0)
  }

  const delivery: Delivery = {
    page,
    isOwn: (to) => to !== '' && to.startsWith(url),
    isOpen: () => isOpen,
    processor: {
      onStart() {},
      onEnd(span: FinishedSpan) {
        try {
          if (!(span.spanContext().traceFlags & 1) || delivery.isOwn(urlOf(span.attributes))) return
          clean(span.attributes)
          const { name, attributes } = span
          const isReport = name === DELIVERY
          const isEvent = isEventName(name)
          const id = isEvent && !isReport ? `${attributes[EVENT_ID] ?? ''}` || undefined : undefined
          const text = JSON.stringify([attributes, span.events, span.links])
          const bytes = 500 + 40 * Object.keys(attributes).length + 1.5 * encoder.encode(text).length
          if (!isReport) counts.emitted++
          if (id && isOpen) delivery.outbox?.put(id, span)
          add({ span, id, bytes, as: isReport ? undefined : 'delivered' }, isEvent ? events : others)
        } catch (error) {
          diag.error('throughline:', error)
        }
      },
      forceFlush: () => delivery.flush(),
      async shutdown() {
        await delivery.flush()
        clearTimeout(timer)
        await exporter.shutdown()
      },
    },
    open(opened) {
      isOpen = opened
      if (isOpen) for (const { id, span } of events) if (id) delivery.outbox?.put(id, span)
      schedule(DELAY)
    },
    discard() {
      drop([...events.splice(0), ...others.splice(0)])
    },
    async flush() {
      if (isOpen && isOnline() && Date.now() >= blockedUntil) while (!isEmpty()) send(take())
      await Promise.all(inFlight)
    },
    retry() {
      failures = blockedUntil = 0
      schedule(0)
    },
    recover(left) {
      for (const { id, span } of left)
        if (isOpen && !events.some((waiting) => waiting.id === id))
          add({ span, id, bytes: 2200, as: 'recovered' }, events)
    },
    report(tracker) {
      const { emitted, delivered, dropped } = counts
      const text = JSON.stringify(counts)
      if (emitted === 0 || text === reported) return
      reported = text
      const all = { ...counts, pending: emitted - delivered - dropped }
      const attributes: Record<string, string | number> = { [PAGE_ID]: page }
      for (const [name, count] of Object.entries(all)) attributes[DELIVERY_COUNT + name] = count
      tracker.record(DELIVERY, attributes)
    },
  }
  return delivery
}
