import type { TracerProvider } from '@opentelemetry/api'
import { context, diag, propagation, trace } from '@opentelemetry/api'
import { Name, SCHEMA_VERSION } from '../attributes'
import { hex, platformBytes } from '../ids'
import type { Journey } from '../journey'
import { createTracker } from '../tracker'
import type { Tracker } from '../tracker-types'
import { device } from './device'
import { keepRuns } from './kept-storage'
import type { ReadyMadeOptions } from './options'
import { throughlineParts } from './parts'
import type { GatedStorage } from './persistence'
import { claim, gatedStorage, tabStorage } from './persistence'
import { isPrerendering, whenShown } from './prerender'
import { createProvider, lazyProvider } from './provider'
import { safely } from './safely'
import { recordJourney } from './spans'

/** What `startThroughline` runs on when the host has no provider of its own. */
export interface ReadyMade {
  readonly tracker: Tracker
  readonly provider: TracerProvider
  /** Consent: whether the tracker's state may be stored. */
  readonly storage: GatedStorage
  unregister(): void
}

function sessionId(storage: GatedStorage, signal: AbortSignal): string {
  const key = 'throughline.session'
  let id = hex(platformBytes(16))
  const keep = () => {
    try {
      const stored = `${storage.getItem(key)}`
      // Anyone on the origin can write there.
      if (/^[\da-f]{32}$/.test(stored)) id = stored
      else storage.setItem(key, id)
    } catch {
      // Storage is full or denied: one session for each page.
    }
  }
  keep()
  // What a prerendered page has written is dropped with its activation.
  if (isPrerendering()) whenShown(keep, signal)
  return id
}

/**
 * Enters a step that nobody hears of: engines compile functions as they are first called, and what the application's
 * first step needs would make a long task of the application's own.
 */
function rehearse(journeys: readonly Journey[]) {
  const tracker = createTracker({ journeys })
  recordJourney(tracker, createProvider(throughlineParts({ tracker })))
  for (const journey of journeys.slice(0, 1)) tracker.enter(journey, journey.steps[0]!.name)
}

/** Builds a tracker and a provider, and makes the provider the page's; what the host has set already stays. */
export function readyMade(options: ReadyMadeOptions, isGranted: boolean, signal: AbortSignal): ReadyMade {
  const { serviceName, endpoint, journeys, sampleRatio: ratio = 1 } = options
  if (!serviceName || !endpoint || !Array.isArray(journeys))
    throw new TypeError(
      "throughline: startThroughline needs serviceName: 'shop-web', endpoint: '/otlp' (without /v1/traces) and journeys: [defineJourney(…)]",
    )
  const real = tabStorage()
  if (!real) diag.warn('throughline: storage is denied, so runs end with the page')
  const storage = keepRuns(gatedStorage(real, isGranted))
  const stay = claim(storage, signal)
  // Until it is seen, a prerendered page is on no step: the stored runs, the one list, are on that of the page before.
  const getItem = (key: string) => {
    const text = storage.getItem(key)
    return text && isPrerendering() ? text.replace(/\[.*]/, '[]') : text
  }
  const tracker = createTracker({ ...options, storage: { ...storage, getItem } })
  const parts = throughlineParts({ ...options, tracker, ratio })
  const attributesOf = () => ({
    ...device(),
    [Name.SCHEMA_VERSION]: SCHEMA_VERSION,
    [Name.SESSION_ID]: sessionId(storage, signal),
    ...options.resource,
    'service.name': serviceName,
  })
  const provider = lazyProvider(
    () => createProvider(parts, attributesOf),
    () => safely(() => rehearse(journeys)),
  )
  stay()
  const set = [
    context.setGlobalContextManager(parts.contextManager) && context,
    propagation.setGlobalPropagator(parts.propagator) && propagation,
    trace.setGlobalTracerProvider(provider) && trace,
  ]
  if (set.includes(false))
    diag.warn(
      'throughline: another OpenTelemetry set-up came first (or one of another API version): build that one with throughlineParts',
    )
  return {
    tracker,
    provider,
    storage,
    unregister() {
      for (const api of set) if (api) api.disable()
    },
  }
}
