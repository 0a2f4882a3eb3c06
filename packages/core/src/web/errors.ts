import {
  ERROR_COUNT,
  ERROR_FINGERPRINT,
  ERROR_HANDLED,
  EXCEPTION,
  EXCEPTION_MESSAGE,
  EXCEPTION_STACKTRACE,
  EXCEPTION_TYPE,
} from '../attributes'
import { fingerprint } from '../fingerprint'
import type { Tracker } from '../tracker'
import { scrubText, scrubUrl } from './scrub'

/** Errors with one fingerprint that are sent one by one; the rest of a page's are counted. */
const EACH = 5
const MOST_FINGERPRINTS = 50

export interface ErrorOptions {
  /** Also record what is passed to `console.error`. */
  readonly consoleErrors?: boolean
}

/** Records uncaught errors, unhandled rejections and resources that failed to load, each on the step where it happened. */
export function observeErrors(
  tracker: Tracker,
  signal: AbortSignal,
  options: ErrorOptions = {},
): { flush(): void } {
  const seen = new Map<
    string,
    { count: number; waiting: number; attributes: Record<string, string | boolean> }
  >()

  function report(error: unknown, handled = false, type?: string) {
    const { name, message, stack } = (error ?? {}) as Partial<Error>
    const kind = type ?? `${name ?? typeof error}`
    const text = scrubText(`${message ?? error}`).slice(0, 1000)
    const trace = scrubText(`${stack ?? ''}`).slice(0, 8000)
    const id = fingerprint(kind, text, trace)
    const known = seen.get(id)
    const entry = known ?? { count: 0, waiting: 0, attributes: {} }
    if (!known && seen.size < MOST_FINGERPRINTS) seen.set(id, entry)
    if (++entry.count > EACH || (!known && seen.size >= MOST_FINGERPRINTS)) {
      entry.waiting++
      return
    }
    entry.attributes = {
      [EXCEPTION_TYPE]: kind,
      [EXCEPTION_MESSAGE]: text,
      ...(trace && { [EXCEPTION_STACKTRACE]: trace }),
      [ERROR_FINGERPRINT]: id,
      [ERROR_HANDLED]: handled,
    }
    tracker.record(EXCEPTION, entry.attributes)
  }

  const listen = (type: string, listener: (event: never) => void) =>
    addEventListener(type, listener as EventListener, { capture: true, signal })

  listen('error', (event: ErrorEvent) => {
    const target = event.target as (EventTarget & { src?: string; href?: string; localName?: string }) | null
    if (target && target !== window) {
      const url = target.src ?? target.href
      if (url) report(`${target.localName} ${scrubUrl(url)}`, false, 'ResourceError')
    } else report(event.error ?? event.message)
  })
  listen('unhandledrejection', (event: PromiseRejectionEvent) => report(event.reason))

  if (options.consoleErrors) {
    const original = console.error
    const wrapped = (...args: unknown[]) => {
      report(args.find((arg) => arg instanceof Error) ?? args.map(String).join(' '), true)
      original.apply(console, args)
    }
    console.error = wrapped
    signal.addEventListener('abort', () => {
      if (console.error === wrapped) console.error = original
    })
  }

  return {
    /** Sends the counts of what was held back. */
    flush() {
      for (const entry of seen.values()) {
        if (entry.waiting) tracker.record(EXCEPTION, { ...entry.attributes, [ERROR_COUNT]: entry.waiting })
        entry.waiting = 0
      }
    },
  }
}
