// What a page needs only once it has loaded, in a chunk of its own. Nothing here imports code that the page has loaded
// already, lest bundlers split that into further chunks: it is passed in.
import type { Tracker } from '../tracker-types'
import { observeCauses } from './causes'
import { nameFetchErrors } from './fetch-errors'
import { compressor } from './gzip'
import type { Instrumentation } from './options'
import type { Installed } from './parts'
import { recoverOutbox } from './recovery'
import { observeStepVitals } from './step-vitals'
import type { Tools } from './timing'
import type { CauseOf, Measured } from './vitals'

/** What the page has loaded. */
export interface Loaded {
  readonly tracker: Tracker
  readonly instrumentations: readonly Instrumentation[]
  readonly report: (measured: Measured) => void
  /** Whether web-vitals measures INP and CLS by soft navigation. */
  readonly isSoft: boolean
  readonly scrubUrl: (url: string) => string
  readonly tools: Tools
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
  const { tracker, instrumentations, report, isSoft, scrubUrl, tools, installed, prefix, signal } = loaded
  const { endpoint } = installed?.delivery ?? {}
  if (endpoint?.takesGzip) endpoint.compress = compressor()
  observeStepVitals(tracker, report, isSoft, tools, signal)
  const later = {
    causeOf: observeCauses(scrubUrl, tools, signal),
    recover: installed?.delivery ? recoverOutbox(prefix, installed, installed.delivery, signal) : () => {},
  }
  try {
    nameFetchErrors(instrumentations, signal)
  } catch {
    // Instrumentations are the host's, and may fail; the rest goes on.
  }
  return later
}
