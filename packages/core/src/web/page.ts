import type { TracerProvider } from '@opentelemetry/api'
import { diag } from '@opentelemetry/api'
import type { JourneyEvent } from '../event'
import type { Tracker } from '../tracker-types'
import { observeErrors } from './errors'
import { observeNavigation } from './navigation'
import type { StartOptions } from './options'
import { createOutbox, PREFIX } from './outbox'
import type { Installed } from './parts'
import { pageStorage } from './persistence'
import { scrubUrl } from './scrub'
import type { CauseOf } from './vitals'
import { observeVitals, seesSoftNavigations } from './vitals'

/** Runs once the page has loaded and has nothing better to do. */
function whenIdle(fn: () => void, signal: AbortSignal) {
  const idle = () => (globalThis.requestIdleCallback ?? setTimeout)(() => signal.aborted || fn())
  if (document.readyState === 'complete') idle()
  else addEventListener('load', idle, { once: true, signal })
}

/**
 * Observes the page until the signal: navigations, vitals, errors, and its going away.
 *
 * @returns to be called when spans may leave
 */
export function observePage(
  tracker: Tracker,
  provider: TracerProvider & { forceFlush?(): Promise<void> },
  installed: Installed | undefined,
  options: StartOptions,
  signal: AbortSignal,
) {
  const delivery = installed?.delivery
  let causeOf: CauseOf = () => ({})
  let recover = () => {}
  const navigations = observeNavigation(tracker, signal)
  const report = observeVitals(tracker, navigations, (...args) => causeOf(...args), signal)
  const errors = observeErrors(tracker, signal, options)
  if (installed) installed.onEnd = errors.request
  if (delivery) delivery.outbox = createOutbox(delivery.page)

  const flush = async () => {
    try {
      await (delivery ?? { flush: () => provider.forceFlush?.() }).flush()
    } catch (error) {
      diag.debug('throughline:', error)
    }
  }
  const leaving = () => {
    errors.flush()
    delivery?.report(tracker)
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

  whenIdle(
    () =>
      import('./later').then(
        ({ nameFetchErrors, observeCauses, observeStepVitals, recoverOutbox }) => {
          if (signal.aborted) return
          nameFetchErrors(options.instrumentations ?? [], signal)
          causeOf = observeCauses(scrubUrl, signal)
          observeStepVitals(tracker, report, seesSoftNavigations(), signal)
          const storage = pageStorage('localStorage')
          if (!delivery || !storage) return
          recover = recoverOutbox(storage, PREFIX, delivery, signal)
        },
        // It did not load, for want of a network or by the site's policy: the next page tries again.
        () => {},
      ),
    signal,
  )
  if (options.debug) {
    const early: JourneyEvent[] = []
    const stop = tracker.subscribe((event) => early.push(event))
    import('./debug').then(
      ({ debugJourney }) => {
        stop()
        if (!signal.aborted) debugJourney(tracker, early, diag, installed, signal)
      },
      () => {},
    )
  }
  return { flush, recover: () => recover() }
}
