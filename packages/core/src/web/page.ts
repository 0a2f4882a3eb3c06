import type { TracerProvider } from '@opentelemetry/api'
import { diag } from '@opentelemetry/api'
import { Name } from '../attributes'
import type { JourneyEvent } from '../event'
import type { Tracker } from '../tracker-types'
import { observeErrors } from './errors'
import type { Later } from './later'
import { observeNavigation } from './navigation'
import type { Instrumentation, PageOptions } from './options'
import { createOutbox, PREFIX } from './outbox'
import type { Installed } from './parts'
import { scrubUrl } from './scrub'
import { tools } from './timing'
import { observeVitals, seesSoftNavigations } from './vitals'
import type { Words } from './words'
import { outsideZone, setTimer } from './zone'

/** Runs once the page has loaded and has nothing better to do. */
function whenIdle(fn: () => void, signal: AbortSignal) {
  // A page that is never idle, by an animation say, gets it too.
  const idle = () => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(fn, { timeout: 5000 })
    else setTimeout(fn, 200)
  }
  if (document.readyState === 'complete') idle()
  else addEventListener('load', idle, { once: true, signal })
}

const isHidden = () => document.visibilityState === 'hidden'

/** Of the Navigation API. */
type NavigateEvent = Event & {
  readonly destination?: { readonly sameDocument: boolean }
  readonly downloadRequest?: string | null
}

/**
 * Counts a page's events where the host delivers them by itself: what became of them nobody knows here, but how many
 * there were.
 *
 * @param flush has the host's processor send
 * @param more what else the page counts
 * @returns records it, if it has changed
 */
function countEmitted(
  tracker: Tracker,
  flush: () => void,
  more: () => Record<string, number>,
  signal: AbortSignal,
): () => void {
  let emitted = 0
  let told = ''
  const stop = tracker.subscribe(({ name }) => {
    if (name !== Name.DELIVERY) emitted++
    // The host's processor sent what it had when the page was hidden.
    if (isHidden()) setTimer(flush)
  })
  signal.addEventListener('abort', stop)
  return () => {
    const counts = { ...more(), [`${Name.DELIVERY_COUNT}emitted`]: emitted }
    const text = JSON.stringify(counts)
    if (text === told) return
    told = text
    tracker.record(Name.DELIVERY, counts)
  }
}

/**
 * Observes the page until the signal: navigations, vitals, errors, and its going away.
 *
 * @param words of `diag`, where they are to be written
 * @returns to be called when spans may leave
 */
export function observePage(
  tracker: Tracker,
  provider: TracerProvider & { forceFlush?(): Promise<void> },
  installed: Installed | undefined,
  options: PageOptions & { readonly instrumentations: readonly Instrumentation[] },
  words: Words | undefined,
  signal: AbortSignal,
) {
  const delivery = installed?.delivery
  let later: Later | undefined
  const navigations = observeNavigation(tracker, signal)
  const reportVital = observeVitals(tracker, navigations, (...args) => later?.causeOf(...args) ?? {}, signal)
  const errors = observeErrors(
    tracker,
    navigations,
    signal,
    [options.ignoreErrors ?? []].flat(),
    installed?.requests,
  )
  if (installed) installed.onEnd = (...ended) => signal.aborted || errors.request(...ended)
  if (delivery) delivery.outbox = createOutbox(`${delivery.page} ${delivery.url}`)

  const flush = async () => {
    try {
      await outsideZone(() => (delivery ? delivery.flush() : provider.forceFlush?.()))
    } catch (error) {
      diag.debug('throughline:', error)
    }
  }
  const more = () => ({ [Name.ERROR_IGNORED]: errors.ignored() })
  const report = delivery
    ? () => delivery.report(tracker, more())
    : countEmitted(tracker, flush, more, signal)
  const settle = () => {
    errors.flush()
    report()
  }
  const leaving = () => {
    settle()
    flush()
  }
  const on = (type: string, listener: () => void) => addEventListener(type, listener, { signal })
  // On window: pagehide does not fire on document.
  on('pagehide', () => {
    navigations.settle()
    leaving()
  })
  on('online', () => delivery?.retry())
  // web-vitals listens on window, before the document hears of it; a host's own processor, which sends then, on the
  // document, after us. What is sent last has all of it.
  document.addEventListener('visibilitychange', () => isHidden() && settle(), { capture: true, signal })
  on('visibilitychange', () => isHidden() && flush())
  signal.addEventListener('abort', leaving)
  // The document goes on until the next one answers: what is sent by then is answered while we are here to hear of it.
  const { navigation } = globalThis as { navigation?: EventTarget }
  navigation?.addEventListener(
    'navigate',
    (event) => {
      const { destination, downloadRequest } = event as NavigateEvent
      if (!destination?.sameDocument && typeof downloadRequest !== 'string') flush()
    },
    { signal },
  )

  /**
   * A chunk that does not load (no network, the site's policy) or fails costs what is in it; the next page tries
   * again.
   */
  const without = () => {}
  whenIdle(
    () =>
      import('./later')
        .then(({ observeLater }) => {
          if (signal.aborted) return
          later = observeLater({
            tracker,
            instrumentations: options.instrumentations,
            report: reportVital,
            isSoft: seesSoftNavigations(),
            scrubUrl,
            tools,
            installed,
            prefix: PREFIX,
            signal,
          })
        })
        .catch(without),
    signal,
  )
  if (options.consoleErrors)
    import('./console-errors')
      .then(({ observeConsole }) => signal.aborted || observeConsole(errors.record, signal))
      .catch(without)
  if (words) {
    const early: JourneyEvent[] = []
    const stop = tracker.subscribe((event) => early.push(event))
    import('./debug')
      .then(
        ({ debugJourney }) =>
          signal.aborted ||
          debugJourney(tracker, early, words, installed, options.instrumentations, setTimer, signal),
      )
      .catch(() => words.hear((level, said) => console[level](...said)))
      .then(stop)
  }
  return { flush, captureError: errors.capture, recover: () => later?.recover() }
}
