// What a page needs only once it has started, in a chunk of its own. What the page has loaded already is passed in, and
// only its types are imported: importing shared code would make bundlers create extra chunks.
import type { Tracker } from '../tracker-types'
import { observeCauses } from './causes'
import type { EarlyErrors } from './early-errors'
import { observeErrors } from './errors'
import { nameFetchErrors } from './fetch-errors'
import { compressor } from './gzip'
import type { Navigations } from './navigation'
import type { Instrumentation } from './options'
import type { Installed } from './parts'
import { recoverOutbox } from './recovery'
import { observeStepVitals } from './step-vitals'
import type { Tools } from './tools'
import type { CauseOf } from './vitals'
import { observeVitals } from './vitals'

/** What the page has loaded. */
export interface Loaded {
  readonly tracker: Tracker
  readonly navigations: Navigations
  readonly early: EarlyErrors
  readonly isLeftOut: (said: string) => boolean
  readonly instrumentations: readonly Instrumentation[]
  readonly tools: Tools
  readonly installed: Installed | undefined
  /** Of the outbox's keys. */
  readonly prefix: string
  readonly signal: AbortSignal
}

export interface Later {
  /** Looks into the outbox again, once spans may leave. */
  recover(): void
}

/** Runs once the page has loaded and has nothing better to do. */
function whenIdle(fn: () => void, signal: AbortSignal) {
  const unlessStopped = () => signal.aborted || fn()
  // A page that is never idle, by an animation say, gets it too.
  const idle = () => {
    if (typeof requestIdleCallback === 'function') requestIdleCallback(unlessStopped, { timeout: 5000 })
    else setTimeout(unlessStopped, 200)
  }
  if (document.readyState === 'complete') idle()
  else addEventListener('load', idle, { once: true, signal })
}

export function observeLater(loaded: Loaded): Later {
  const { tracker, navigations, early, instrumentations, tools, installed, prefix, signal } = loaded
  const { safely } = tools
  const { endpoint } = installed?.delivery ?? {}
  if (endpoint?.takesGzip) endpoint.compress = compressor()
  early.hand(observeErrors(tracker, navigations, tools, signal, loaded.isLeftOut, installed?.requests))
  let causeOf: CauseOf | undefined
  const report = observeVitals(tracker, navigations, (...args) => causeOf?.(...args) ?? {}, tools, signal)
  let recover: (() => void) | undefined
  whenIdle(() => {
    // Each by itself: instrumentations are the host's, and may fail.
    safely(() => {
      causeOf = observeCauses(tools, signal)
    })
    // web-vitals has INP and CLS by soft navigation, where the browser sees those.
    safely(() => observeStepVitals(tracker, report, tools.isObservable('soft-navigation'), tools, signal))
    safely(() => {
      if (installed?.delivery)
        recover = recoverOutbox(prefix, installed, installed.delivery, tracker, tools, signal)
    })
    safely(() => nameFetchErrors(instrumentations, signal))
  }, signal)
  return { recover: () => recover?.() }
}
