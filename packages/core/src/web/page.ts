import type { TracerProvider } from '@opentelemetry/api'
import { diag } from '@opentelemetry/api'
import { Name } from '../attributes'
import type { JourneyEvent } from '../event'
import type { Tracker } from '../tracker-types'
import { observeErrors } from './errors'
import type { Later } from './later'
import { observeNavigation } from './navigation'
import type { PageOptions } from './options'
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
  options: PageOptions & Required<Pick<PageOptions, 'instrumentations'>>,
  words: Words | undefined,
  signal: AbortSignal,
) {
  const delivery = installed?.delivery
  let later: Later | undefined
  const navigations = observeNavigation(tracker, signal)
  const report = observeVitals(tracker, navigations, (...args) => later?.causeOf(...args) ?? {}, signal)
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
  const leaving = () => {
    errors.flush()
    delivery?.report(tracker, { [Name.ERROR_IGNORED]: errors.ignored() })
    flush()
  }
  const on = (type: string, listener: () => void) => addEventListener(type, listener, { signal })
  // On window: pagehide does not fire on document.
  on('pagehide', () => {
    navigations.settle()
    leaving()
  })
  on('online', () => delivery?.retry())
  const hidden = () => document.visibilityState === 'hidden' && leaving()
  document.addEventListener('visibilitychange', hidden, { signal })
  signal.addEventListener('abort', leaving)

  /** A chunk that does not load (no network, the site's policy) or fails costs what is in it; the next page tries again. */
  const without = () => {}
  whenIdle(
    () =>
      import('./later')
        .then(({ observeLater }) => {
          if (signal.aborted) return
          later = observeLater({
            tracker,
            instrumentations: options.instrumentations,
            report,
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
