import { diag } from '@opentelemetry/api'
import { Name } from '../attributes'
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
const LONGEST_WAIT = 3000
const MOST_WAITING = 250

interface Seen {
  count: number
  /** Held back since the last event, all on one visit. */
  waiting: number
  visit: Visit | null
  attributes: Record<string, string | boolean>
}

export interface Errors {
  /** Records an error on the visit that is current now. */
  record(error: unknown, isHandled?: boolean, type?: string): void
  /** Records that a request failed, if it did, on the step that began it. */
  request(span: FinishedSpan, visit: Visit | undefined): void
  /** Records what waits to be put on a step, and the counts of what was held back. */
  flush(): void
}

/** Records uncaught errors, unhandled rejections and resources that failed to load, each on the step where it happened. */
export function observeErrors(tracker: Tracker, navigations: Navigations, signal: AbortSignal): Errors {
  const seen = new Map<string, Seen>()
  /** Until it is known on which step they were. */
  const waiting = new Set<() => void>()

  const settleAll = () => {
    for (const settle of waiting) settle()
  }

  function flush(entry: Seen) {
    const { attributes, visit, waiting } = entry
    entry.waiting = 0
    if (waiting) tracker.record(Name.EXCEPTION, { ...attributes, [Name.ERROR_COUNT]: waiting }, { visit })
  }

  function report(
    error: unknown,
    handled: boolean,
    type: string | undefined,
    visit: Visit | null,
    time?: number,
  ) {
    try {
      const { name, message, stack } = (error ?? {}) as Partial<Error>
      const kind = type ?? `${name ?? typeof error}`
      const text = scrubText(`${message ?? error}`).slice(0, 1000)
      const trace = scrubText(`${stack ?? ''}`).slice(0, 8000)
      const id = fingerprint(kind, text, trace)
      if (!seen.has(id) && seen.size === MOST_FINGERPRINTS) return
      const entry = seen.get(id) ?? { count: 0, waiting: 0, visit, attributes: {} }
      seen.set(id, entry)
      if (entry.visit !== visit) flush(entry)
      entry.visit = visit
      entry.attributes = {
        [Name.EXCEPTION_TYPE]: kind,
        [Name.EXCEPTION_MESSAGE]: text,
        ...(trace && { [Name.EXCEPTION_STACKTRACE]: trace }),
        [Name.ERROR_FINGERPRINT]: id,
        [Name.ERROR_HANDLED]: handled,
      }
      if (++entry.count > EACH) entry.waiting++
      else tracker.record(Name.EXCEPTION, entry.attributes, { time, visit })
    } catch (reason) {
      // What is thrown may throw again when it is looked at.
      diag.debug('throughline:', reason)
    }
  }

  const record: Errors['record'] = (error, handled = false, type) => {
    const now = performance.now()
    const time = performance.timeOrigin + now
    const settle = () => {
      if (waiting.delete(settle)) report(error, handled, type, tracker.at(time) ?? null, time)
    }
    const isFirst = waiting.size === 0
    waiting.add(settle)
    if (waiting.size > MOST_WAITING) settle()
    if (!isFirst) return
    // The first step of a page begins with its navigation, so what happens before that step is entered waits for it; not for long,
    // since a page may be gone any time.
    navigations.ledTo(now, settleAll)
    if (waiting.size > 0) setTimeout(settleAll, LONGEST_WAIT)
  }

  const listen = (type: string, listener: (event: never) => void) =>
    addEventListener(type, (event) => safely(() => listener(event as never)), { capture: true, signal })

  listen('error', ({ target, error, message }: ErrorEvent) => {
    const { src, href, localName } = (target ?? {}) as { src?: string; href?: string; localName?: string }
    if (target === window) record(error ?? message)
    else if (src || href) record(`${localName} ${src || href}`, false, 'ResourceError')
  })
  listen('unhandledrejection', ({ reason }: PromiseRejectionEvent) => record(reason))

  return {
    record,
    request(span, visit) {
      const failure = failureOf(span)
      if (failure) report(failure, true, 'RequestError', visit ?? null)
    },
    flush() {
      settleAll()
      seen.forEach(flush)
    },
  }
}
