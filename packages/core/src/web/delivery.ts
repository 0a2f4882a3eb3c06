import { context, diag, ROOT_CONTEXT } from '@opentelemetry/api'
import { Name } from '../attributes'
import { hex, platformBytes } from '../ids'
import { isEventName } from '../sampler'
import type { Tracker } from '../tracker-types'
import { createAccount } from './account'
import type { Answer, Endpoint } from './endpoint'
import { endpointAt } from './endpoint'
import type { Clean, EncodedSpan, FinishedSpan } from './otlp'
import { requestOf, resent, spanEncoder } from './otlp'
import type { Outbox } from './outbox'
import { urlOf } from './propagator'
import { LONGEST, maskOf, scrubText, scrubUrl, unmasked } from './scrub'
import { setTimer } from './zone'

export interface DeliveryOptions {
  /** Where OTLP/HTTP goes, without `/v1/traces`: `/otlp`, `https://collector.example.com`; or `viaExporter(…)`. */
  readonly endpoint: string | Endpoint
  /** Headers of export requests, unless an exporter makes them. */
  readonly headers?: Record<string, string>
  /**
   * Whether the endpoint takes gzip, in which everything is sent that does not leave with the page; if left out, when
   * it is of this origin. One of another origin must also allow the header `content-encoding` by CORS.
   */
  readonly compress?: boolean
  /** Query parameters that URLs may keep; all others, and fragments, are cut off. */
  readonly allowUrlParams?: readonly string[]
  /**
   * Sees every attribute, and the names of the host's own spans, before they leave; what it returns goes instead,
   * undefined takes it out. In messages and in paths of requests, e-mail addresses, long numbers, tokens and UUIDs
   * have been replaced; `unmasked` has them still.
   */
  readonly redact?: ((key: string, value: unknown, unmasked: unknown) => unknown) | undefined
}

/** A span that a page left behind, and its event's id. */
export interface Left extends EncodedSpan {
  readonly id: string
  /** Whether that page has tried to send it. */
  readonly isTried?: boolean
}

/** Sends finished spans, journey events first, in batches that fit what a browser lets out of a page that goes away. */
export interface Delivery {
  /** One page load. */
  readonly page: string
  /** What it posts to. */
  readonly url: string
  readonly endpoint: Endpoint
  // biome-ignore lint/suspicious/noExplicitAny: a SpanProcessor of either OpenTelemetry line
  readonly processor: any
  /** Where journey events are written before they are sent; memory alone until it is set. */
  outbox?: Outbox | undefined
  /** Called after events were refused or dropped: a page that dies later cannot say so any more. */
  onLoss?: () => void
  /**
   * Called after an endpoint refused events.
   *
   * @param batch all that the answer is about: which were refused, it does not say
   * @param counted as many as were refused, which are counted as such
   */
  onRefusal?: (batch: readonly Sent[], counted: readonly Sent[], why: string | undefined) => void
  /** True for requests to the endpoint, which are never recorded. */
  isOwn(url: string): boolean
  /** Consent: false holds everything back in memory, a bounded number of it. */
  open(isOpen: boolean): void
  /** Drops what waits, and what comes until it is opened. */
  discard(): void
  /** Sends what waits, now; resolves when it arrived or failed. */
  flush(): Promise<void>
  /** Tries at once what was put off: the network is back. */
  retry(): void
  /** Sends what pages that are gone left behind. */
  recover(left: readonly Left[]): void
  /** Records what became of this page's spans, and more that the page counts, if any of that has changed. */
  report(tracker: Tracker, more?: Record<string, number>): void
}

/**
 * Of a request, and of all that waits: what browsers let out of a page that goes away are 64 KiB. The rest is for
 * resources, and for what stands between spans.
 */
const BATCH_BYTES = 55_000
/**
 * Each request costs the page some milliseconds, and journey events are safe in the outbox meanwhile. Recovery leaves
 * alone for longer what another tab may be sending (`YOUNGEST`).
 */
const DELAY = 3000
const MOST_WAITING = 600
const LONGEST_BACKOFF = 60_000
/** That the browser is offline is a hint, which may be wrong: so often it is tried all the same. */
const OFFLINE = 30_000

/** A span that was sent. */
export interface Sent extends EncodedSpan {
  /** Of a journey event, or an account of them: its key in the outbox. */
  readonly id?: string | undefined
  /** Of a journey event: which count goes up when it has arrived. */
  readonly as?: 'delivered' | 'recovered' | undefined
}

interface Waiting extends Sent {
  /** With its resource, unless the one before in its queue has the same. */
  readonly bytes: number
  isRefused?: boolean
  /** An attempt to send it may have arrived. */
  isTried?: boolean | undefined
  /** How many requests had been taken when it failed last. */
  failedAt?: number
}

/** An account of a page's events is sent like them, but is none. */
const isAccount = ({ text }: EncodedSpan) => text.includes(`"name":"${Name.DELIVERY}"`)

const isHidden = () => globalThis.document?.visibilityState === 'hidden'

/** The queue between a provider and its endpoint. */
export function createDelivery(options: DeliveryOptions): Delivery {
  const { endpoint, headers, compress, redact } = options
  const allowed = [options.allowUrlParams ?? []].flat()
  const page = hex(platformBytes(16))
  const to = typeof endpoint === 'string' ? endpointAt(endpoint, headers, compress) : endpoint
  const { url } = to
  const account = createAccount(page)
  // jsdom has none.
  const encoder = globalThis.TextEncoder && new TextEncoder()
  /** Spans that ended in the task that runs now: the host's own work, a click it may be, does not wait for ours. */
  const ended: FinishedSpan[] = []
  const events: Waiting[] = []
  const others: Waiting[] = []
  const inFlight = new Set<Promise<void>>()
  let isOpen = true
  let isDenied = false
  /** How often what waited was dropped: what was on its way then does not wait again. */
  let denials = 0
  let failures = 0
  let successes = 0
  let blockedUntil = 0
  let timer: ReturnType<typeof setTimeout> | undefined
  /** Aborted when there is no time left to prepare what is to be sent. */
  let hurry = new AbortController()
  /** Until when the hint that there is no network is taken at its word, and whether it has been wrong. */
  let offlineUntil = 0
  let isOfflineWrong = false
  /**
   * Once a part of a request was refused, events go by themselves: else nobody could tell whether it was one of them.
   */
  let isApart = false
  /** By page, the account of its events as it was told last: a later one replaces it. */
  const told = new Map<unknown, string | undefined>()
  let hasLost = false

  /** A URL, a path, or a text with URLs in it. */
  function scrub(value: unknown) {
    // Most texts are names and ids, in which there is nothing to be found.
    if (typeof value !== 'string' || !/[/:]/.test(value)) return value
    if (/^[a-z][\w+.-]*:\/\/[^\n]*[?#@]/i.test(value)) return scrubUrl(value, allowed).slice(0, LONGEST)
    return scrubText(value.replace(/^(\/[^\s?#]*)[?#].*/, '$1'))
  }

  /** What must not leave; other exporters get the span as it is. */
  const clean: Clean = (key, value) => {
    if (/^url\.(query|fragment)$/.test(key)) return undefined
    const scrubbed = Array.isArray(value) ? value.map(scrub) : scrub(value)
    const masked = maskOf(key, scrubbed)
    try {
      return redact
        ? redact(key, masked, typeof scrubbed === 'string' ? unmasked(scrubbed) : scrubbed)
        : masked
    } catch {
      return undefined
    }
  }

  const encode = spanEncoder(clean, !redact)

  /**
   * @param refused why, if the endpoint did
   * @param batch what it was refused with
   */
  function drop(from: readonly Waiting[], refused?: { why: string | undefined }, batch = from) {
    for (const { id, as } of from) {
      // An endpoint that refuses everything refuses the account of that, too: a later page tries again.
      if (id && !(refused && !as)) delivery.outbox?.remove(id)
      if (as !== 'delivered') continue
      if (refused) account.refuse(refused.why)
      else account.dropped++
      if (!hasLost)
        setTimer(() => {
          hasLost = false
          delivery.onLoss?.()
        })
      hasLost = true
    }
    if (refused && from.length > 0) delivery.onRefusal?.(batch, from, refused.why)
  }

  function schedule(delay: number) {
    clearTimeout(timer)
    timer = setTimer(tick, delay)
  }

  function add(span: Omit<Waiting, 'bytes'>, queue: Waiting[]) {
    const text = queue.at(-1)?.head === span.head ? span.text : span.head + span.text
    const bytes = (encoder ? encoder.encode(text) : text).length
    queue.push({ ...span, bytes })
    const left = room()
    // Whether it is this span that fills a request.
    const isDue = left <= 0 && left + bytes > 0
    if (queue.length > MOST_WAITING) drop(queue.splice(0, 1))
    if (timer === undefined || isDue) schedule(isDue ? 0 : DELAY)
  }

  function take(span: FinishedSpan) {
    try {
      const { name, attributes } = span
      const isEvent = isEventName(name)
      const isCounted = isEvent && name !== Name.DELIVERY
      if (isCounted) account.emitted++
      if (isDenied) {
        if (isCounted) account.dropped++
        return
      }
      const id = isEvent ? (attributes[Name.EVENT_ID] as string | undefined) : undefined
      const encoded = encode(span)
      if (isEvent && !isCounted) {
        const of = attributes[Name.PAGE_ID]
        const last = told.get(of)
        const before = events.findIndex((waiting) => last && waiting.id === last)
        if (before >= 0) events.splice(before, 1)
        if (last) delivery.outbox?.remove(last)
        told.set(of, id)
      }
      if (id && isOpen) delivery.outbox?.put(id, encoded)
      add({ ...encoded, id, as: isCounted ? 'delivered' : undefined }, isEvent ? events : others)
    } catch (error) {
      diag.error('throughline:', error)
    }
  }

  const takeEnded = () => ended.splice(0).forEach(take)

  /** The next batch: events first, as many as fit. What was refused goes alone, lest it take others down with it. */
  function nextBatch(most = Number.POSITIVE_INFINITY): Waiting[] {
    const batch: Waiting[] = []
    let room = BATCH_BYTES
    for (const queue of [events, others])
      for (let next = queue[0]; next && batch.length < most; next = queue[0]) {
        if (isApart && batch.length > 0 && !next.as !== !batch[0]!.as) return batch
        room -= next.bytes
        if (batch.length > 0 && (room < 0 || next.isRefused || batch[0]!.isRefused)) return batch
        batch.push(next)
        queue.shift()
      }
    return batch
  }

  /**
   * What was taken, but for a part: which, nobody says. Events are counted first, so that no loss is taken for
   * success.
   */
  function taken(batch: readonly Waiting[], { rejected = 0, why }: Answer) {
    failures = blockedUntil = 0
    successes++
    isOfflineWrong ||= isOffline()
    isApart ||= rejected > 0
    const refused = batch.filter(({ as }) => as).slice(0, rejected)
    drop(refused, { why }, batch)
    for (const waiting of batch) {
      if (refused.includes(waiting)) continue
      if (waiting.id) delivery.outbox?.remove(waiting.id)
      if (waiting.as) account[waiting.as]++
    }
  }

  /** Events wait for the next try, here and in the outbox; what else failed is gone. */
  function failed(batch: readonly Waiting[], { status, after = 0, why }: Answer, isOver: boolean) {
    const isRefusal = status === 'refused'
    const again = batch.filter(({ id, isRefused }) => id && !isOver && !(isRefused && isRefusal))
    drop(
      batch.filter((waiting) => !again.includes(waiting)),
      isRefusal && !isOver ? { why } : undefined,
    )
    for (const waiting of again) {
      // Others were taken meanwhile, so it is not the endpoint: this goes alone, too.
      waiting.isRefused ||= isRefusal || successes > (waiting.failedAt ?? successes)
      waiting.failedAt = successes
    }
    account.retried += again.length
    // Last in turn: what an endpoint fails on each time holds up nothing else.
    events.push(...again)
    drop(events.splice(MOST_WAITING))
    // After each failure we stay away twice as long, so that a dead endpoint costs the page next to nothing; requests
    // that went out together fail once.
    const now = performance.now()
    if (now >= blockedUntil) failures++
    const backoff = Math.min(LONGEST_BACKOFF, 1000 * 2 ** failures) * (1 - Math.random() / 4)
    blockedUntil = Math.max(blockedUntil, now + Math.max(after, backoff))
    diag.warn(`throughline: ${url || 'the exporter'} takes no spans at present`)
  }

  /** @param unhurried set while there is time to prepare the request */
  function send(batch: readonly Waiting[], unhurried?: AbortSignal) {
    const before = denials
    const request = requestOf(batch.map((one) => (one.isTried ? { ...one, text: resent(one.text) } : one)))
    const first = batch.filter(({ id, isTried }) => id && !isTried)
    const mark = (isTried: boolean) => {
      for (const waiting of first) waiting.isTried = isTried
      if (first.length > 0)
        delivery.outbox?.mark(
          first.map(({ id }) => id!),
          isTried,
        )
    }
    // Before it is sent: the page may not live to see the answer.
    mark(true)
    // Detached, so that an instrumentation of fetch does not put this into the visit's trace.
    const sent = context
      // What was refused as it is need not be compressed.
      .with(ROOT_CONTEXT, async () => to.send(request, batch[0]!.isRefused ? undefined : unhurried))
      // An error of a program, an endpoint of the host's own it may be, and none of the network: that is answered.
      .catch((error): Answer => {
        diag.error('throughline:', error)
        return { status: 'later' }
      })
      .then((answer) => {
        inFlight.delete(sent)
        if (answer.status === 'taken') taken(batch, answer)
        else {
          if (answer.isUntaken || answer.status === 'refused') mark(false)
          failed(batch, answer, denials > before)
        }
        // After a failure, for as long as that says.
        if (timer === undefined) schedule(room() > 0 && !failures ? DELAY : 0)
      })
    inFlight.add(sent)
  }

  const isOffline = () => globalThis.navigator?.onLine === false && !isOfflineWrong
  const size = () => events.length + others.length
  /** What may still wait: more could not leave with the page. */
  const room = () => [...events, ...others].reduce((left, { bytes }) => left - bytes, BATCH_BYTES)

  /** For how long nothing is to be tried, ms. */
  function wait(): number {
    const now = performance.now()
    if (!isOffline()) offlineUntil = 0
    else offlineUntil ||= now + OFFLINE
    return Math.max(blockedUntil, offlineUntil) - now
  }

  function tick() {
    timer = undefined
    if (!isOpen || size() === 0) return
    const ms = wait()
    // Longer than a timer can wait, if need be; and the network may be back sooner.
    if (ms > 0) return schedule(Math.min(ms, LONGEST_BACKOFF))
    offlineUntil = 0
    // One request alone tries out whether a dead endpoint is back; else two at a time.
    // After some failures it has one span: what waits may have one in it that the endpoint fails on each time.
    if (inFlight.size < (failures ? 1 : 2))
      send(nextBatch(failures > 2 ? 1 : undefined), isHidden() ? undefined : hurry.signal)
    if (!failures && inFlight.size < 2 && size() > 0) schedule(room() > 0 ? DELAY : 0)
  }

  const delivery: Delivery = {
    page,
    url,
    endpoint: to,
    isOwn: (to) => url !== '' && to.startsWith(url),
    processor: {
      onStart() {},
      onEnd(span: FinishedSpan) {
        if (!(span.spanContext().traceFlags & 1) || delivery.isOwn(urlOf(span.attributes))) return
        ended.push(span)
        // A hidden page may be gone before any timer: what happens on it is stored at once. While it is being hidden,
        // all that becomes final is sent together, at the end; later, by a timer.
        if (isHidden() && isEventName(span.name)) {
          queueMicrotask(takeEnded)
          schedule(0)
        } else if (ended.length === 1) setTimer(takeEnded)
        else if (ended.length > MOST_WAITING) takeEnded()
      },
      forceFlush: () => delivery.flush(),
      async shutdown() {
        const flushed = delivery.flush()
        isOpen = false
        await flushed
        clearTimeout(timer)
      },
    },
    open(opened) {
      takeEnded()
      isOpen = opened
      isDenied = false
      if (isOpen)
        for (const waiting of events)
          if (waiting.id && waiting.as !== 'recovered') delivery.outbox?.put(waiting.id, waiting)
      schedule(DELAY)
    },
    discard() {
      isDenied = true
      denials++
      drop([...events.splice(0), ...others.splice(0)])
    },
    async flush() {
      takeEnded()
      hurry.abort()
      hurry = new AbortController()
      if (isOpen && wait() <= 0) while (size() > 0) send(nextBatch())
      await Promise.all(inFlight)
    },
    retry() {
      failures = blockedUntil = offlineUntil = 0
      schedule(0)
    },
    recover(left) {
      // As many as there is room for: they push none of this page's own out.
      for (const span of left)
        if (events.length < MOST_WAITING && !events.some(({ id }) => id === span.id))
          add({ ...span, as: isAccount(span) ? undefined : 'recovered' }, events)
      // They have waited long enough.
      if (left.length > 0) schedule(0)
    },
    report(tracker, more) {
      takeEnded()
      const changes = account.changes(more)
      if (changes) tracker.record(Name.DELIVERY, changes)
    },
  }
  return delivery
}
