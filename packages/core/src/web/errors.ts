import { diag } from '@opentelemetry/api'
import { Name } from '../attributes'
import { epochOf } from '../clock'
import type { Visit } from '../event'
import { fingerprint } from '../fingerprint'
import type { Tracker } from '../tracker-types'
import type { Navigations } from './navigation'
import type { FinishedSpan } from './otlp'
import { failureOf } from './requests'
import { safely } from './safely'
import { scrubText } from './scrub'

/** Errors with one fingerprint that are sent one by one; the rest of a page's are counted. */
const EACH = 5
const MOST_FINGERPRINTS = 50
const MOST_TYPES = 20
const LONGEST_WAIT = 3000
/** How long the page that comes next may take, ms. */
const LONGEST_LEAVING = 10_000
const AT_ONCE = 1000
const MOST_WAITING = 250

interface Seen {
  count: number
  /** Held back since the last event, all on one visit; and when the first of them was. */
  waiting: number
  since?: number | undefined
  visit: Visit | null
  attributes: Record<string, string | boolean>
}

/** What elements that load something say of it. */
interface Loaded {
  readonly localName: string
  readonly currentSrc: string
  readonly src: string
  readonly data: string
  readonly href: string | SVGAnimatedString
}

/** Of the Navigation API. */
interface NavigateEvent {
  readonly destination: { readonly sameDocument: boolean; readonly url: string }
  readonly downloadRequest: string | null
}

export interface Errors {
  /** Records an error on the visit that is current, or was at a moment (ms since the page's time origin). */
  record(error: unknown, isHandled?: boolean, type?: string, at?: number): void
  /** Records that a request failed, if it did, on the step that began it. */
  request(span: FinishedSpan, visit: Visit | undefined): void
  /** Records what waits to be put on a step, and the counts of what was held back. */
  flush(): void
}

/** Records uncaught errors, unhandled rejections and resources that failed to load, each on the step where it happened. */
export function observeErrors(tracker: Tracker, navigations: Navigations, signal: AbortSignal): Errors {
  const seen = new Map<string, Seen>()
  /** An error may be thrown, caught, logged and thrown again, all at once: when it was last. */
  const known = new WeakMap<object, number>()
  /** Until it is known on which step they were. */
  const waiting = new Set<() => void>()

  const settleAll = () => {
    for (const settle of waiting) settle()
  }

  function flush(entry: Seen) {
    const { attributes, visit, waiting, since: time } = entry
    entry.waiting = 0
    if (waiting)
      tracker.record(Name.EXCEPTION, { ...attributes, [Name.ERROR_COUNT]: waiting }, { time, visit })
  }

  function report(
    error: unknown,
    handled: boolean,
    type: string | undefined,
    visit: Visit | null,
    at: number,
  ) {
    try {
      const time = epochOf(at)
      const { name, message, stack } = (error ?? {}) as Partial<Error>
      const kind = type ?? `${name ?? typeof error}`
      const text = scrubText(`${message ?? error}`).slice(0, 1000)
      const trace = scrubText(`${stack ?? ''}`).slice(0, 8000)
      const own = fingerprint(kind, text, trace)
      // Of too many, those of one type are taken together: what comes last may matter most.
      const id = seen.has(own) || seen.size < MOST_FINGERPRINTS ? own : fingerprint(kind, '')
      if (!seen.has(id) && seen.size > MOST_FINGERPRINTS + MOST_TYPES) return
      const entry = seen.get(id) ?? { count: 0, waiting: 0, visit, attributes: {} }
      seen.set(id, entry)
      if (entry.visit !== visit) {
        flush(entry)
        // Each step has its first one at once.
        entry.count = Math.min(entry.count, EACH - 1)
      }
      entry.visit = visit
      entry.attributes = {
        [Name.EXCEPTION_TYPE]: kind,
        [Name.EXCEPTION_MESSAGE]: text,
        ...(trace && { [Name.EXCEPTION_STACKTRACE]: trace }),
        [Name.ERROR_FINGERPRINT]: id,
        [Name.ERROR_HANDLED]: handled,
      }
      if (++entry.count <= EACH) tracker.record(Name.EXCEPTION, entry.attributes, { time, visit })
      else if (++entry.waiting === 1) entry.since = time
    } catch (reason) {
      // What is thrown may throw again when it is looked at.
      diag.debug('throughline:', reason)
    }
  }

  /** Some browsers fail what a page is still waiting for when it is left: such a failure is none if the page then goes. */
  let leaving = Number.NaN
  let departures = 0
  function unlessLeft(fn: (at: number) => void) {
    const before = departures
    const at = performance.now()
    if (at - leaving < LONGEST_LEAVING) setTimeout(() => departures === before && fn(at), LONGEST_LEAVING)
    else fn(at)
  }

  const record: Errors['record'] = (error, handled = false, type, at = performance.now()) => {
    if (error instanceof Object) {
      const before = known.get(error)
      known.set(error, at)
      if (at - before! < AT_ONCE) return
    }
    const settle = () => {
      if (waiting.delete(settle)) report(error, handled, type, tracker.at(epochOf(at)) ?? null, at)
    }
    const isFirst = waiting.size === 0
    waiting.add(settle)
    if (waiting.size > MOST_WAITING) settle()
    if (!isFirst) return
    // The first step of a page begins with its navigation, so what happens before that step is entered waits for it; not for long,
    // since a page may be gone any time.
    navigations.ledTo(at, settleAll)
    if (waiting.size > 0) setTimeout(settleAll, LONGEST_WAIT)
  }

  const listen = (type: string, listener: (event: never) => void, target: EventTarget = globalThis) =>
    target.addEventListener(type, (event) => safely(() => listener(event as never)), {
      capture: true,
      signal,
    })

  listen('error', ({ target, error, message }: ErrorEvent) => {
    const { currentSrc, src, data, href, localName } = (target ?? {}) as Partial<Loaded>
    const url =
      currentSrc ||
      src ||
      (localName === 'object' && data) ||
      ((href as SVGAnimatedString | undefined)?.baseVal ?? href)
    if (target === window) record(error ?? message)
    else if (url) unlessLeft((at) => record(`${localName} ${url}`, false, 'ResourceError', at))
  })
  listen('unhandledrejection', ({ reason }: PromiseRejectionEvent) => {
    if (reason instanceof TypeError) unlessLeft((at) => record(reason, false, undefined, at))
    else record(reason)
  })
  const stay = () => {
    leaving = Number.NaN
  }
  listen('pagehide', () => {
    departures++
    stay()
  })
  const { navigation } = globalThis as { navigation?: EventTarget }
  if (navigation) {
    const leave = ({ destination, downloadRequest }: NavigateEvent) => {
      // An address like mailto: leaves the page where it is.
      if (!destination.sameDocument && downloadRequest === null && /^http/.test(destination.url))
        leaving = performance.now()
    }
    listen('navigate', leave, navigation)
    // Taken by a router, or prevented.
    for (const type of ['currententrychange', 'navigateerror']) listen(type, stay, navigation)
  }

  return {
    record,
    request(span, visit) {
      const failure = failureOf(span)
      if (failure) unlessLeft((at) => report(failure, true, 'RequestError', visit ?? null, at))
    },
    flush() {
      settleAll()
      seen.forEach(flush)
    },
  }
}
