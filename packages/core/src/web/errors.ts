import { diag } from '@opentelemetry/api'
import { Name } from '../attributes'
import type { Visit } from '../event'
import { fingerprint } from '../fingerprint'
import type { Tracker } from '../tracker-types'
import type { FinishedSpan } from './otlp'
import { failureOf } from './requests'
import { scrubText } from './scrub'

/** Errors with one fingerprint that are sent one by one; the rest of a page's are counted. */
const EACH = 5
const MOST_FINGERPRINTS = 50

export interface ErrorOptions {
  /** Also record what is passed to `console.error`. */
  readonly consoleErrors?: boolean
}

interface Seen {
  count: number
  /** Held back since the last event, all on one visit. */
  waiting: number
  visit: Visit | undefined
  attributes: Record<string, string | boolean>
}

export interface Errors {
  /** Records that a request failed, if it did, on the step that began it. */
  request(span: FinishedSpan): void
  /** Sends the counts of what was held back. */
  flush(): void
}

/** Records uncaught errors, unhandled rejections and resources that failed to load, each on the step where it happened. */
export function observeErrors(tracker: Tracker, signal: AbortSignal, options: ErrorOptions): Errors {
  const seen = new Map<string, Seen>()

  function flush(entry: Seen) {
    const { attributes, visit, waiting } = entry
    entry.waiting = 0
    if (waiting)
      tracker.record(Name.EXCEPTION, { ...attributes, [Name.ERROR_COUNT]: waiting }, { visit: visit ?? null })
  }

  function report(error: unknown, handled = false, type?: string, visit = tracker.current()) {
    try {
      const { name, message, stack } = (error ?? {}) as Partial<Error>
      const kind = type ?? `${name ?? typeof error}`
      const text = scrubText(`${message ?? error}`).slice(0, 1000)
      const trace = scrubText(`${stack ?? ''}`).slice(0, 8000)
      const id = fingerprint(kind, text, trace)
      if (!seen.has(id) && seen.size === MOST_FINGERPRINTS) return
      const entry = seen.get(id) ?? { count: 0, waiting: 0, visit: undefined, attributes: {} }
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
      else tracker.record(Name.EXCEPTION, entry.attributes, { visit: visit ?? null })
    } catch (reason) {
      // What is thrown may throw again when it is looked at.
      diag.debug('throughline:', reason)
    }
  }

  const listen = (type: string, listener: (event: never) => void) =>
    addEventListener(type, listener as EventListener, { capture: true, signal })

  listen('error', ({ target, error, message }: ErrorEvent) => {
    const { src, href, localName } = (target ?? {}) as { src?: string; href?: string; localName?: string }
    if (target === window) report(error ?? message)
    else if (src || href) report(`${localName} ${src || href}`, false, 'ResourceError')
  })
  listen('unhandledrejection', ({ reason }: PromiseRejectionEvent) => report(reason))

  if (options.consoleErrors) {
    const original = console.error
    const wrapped = (...args: unknown[]) => {
      report(args.find((arg) => arg instanceof Error) ?? args.find((arg) => typeof arg === 'string'), true)
      original.apply(console, args)
    }
    console.error = wrapped
    signal.addEventListener('abort', () => {
      if (console.error === wrapped) console.error = original
    })
  }

  return {
    request(span) {
      const failure = failureOf(span)
      const [seconds, nanoseconds] = span.startTime
      if (failure) report(failure, true, 'RequestError', tracker.at(seconds * 1e3 + nanoseconds / 1e6))
    },
    flush: () => seen.forEach(flush),
  }
}
