// What a page needs only once it has loaded, in a chunk of its own. Nothing here imports code that the page has loaded
// already, lest bundlers split that into further chunks: it is passed in.
import type { Tracker } from '../tracker-types'
import { observeCauses } from './causes'
import { nameFetchErrors } from './fetch-errors'
import type { Instrumentation } from './options'
import type { Installed } from './parts'
import { recoverOutbox } from './recovery'
import { observeStepVitals } from './step-vitals'
import type { CauseOf, Measured } from './vitals'

/** What the page has loaded. */
export interface Loaded {
  readonly tracker: Tracker
  readonly options: { readonly instrumentations?: readonly Instrumentation[] | undefined }
  readonly report: (measured: Measured) => void
  readonly scrubUrl: (url: string) => string
  readonly installed: Installed | undefined
  /** Of the outbox's keys. */
  readonly prefix: string
  readonly signal: AbortSignal
}

export interface Later {
  readonly causeOf: CauseOf
  /** Looks into the outbox again, once spans may leave. */
  recover(): void
}

export function observeLater(loaded: Loaded): Later {
  const { tracker, options, report, scrubUrl, installed, prefix, signal } = loaded
  // As `vitals.ts` asks, which is loaded already.
  const isSoft = PerformanceObserver.supportedEntryTypes.includes('soft-navigation')
  observeStepVitals(tracker, report, isSoft, signal)
  const later = {
    causeOf: observeCauses(scrubUrl, signal),
    recover: installed?.delivery ? recoverOutbox(prefix, installed, installed.delivery, signal) : () => {},
  }
  try {
    nameFetchErrors([options.instrumentations ?? []].flat(), signal)
  } catch {
    // Instrumentations are the host's, and may fail; the rest goes on.
  }
  return later
}
