import type { Attributes, TracerProvider } from '@opentelemetry/api'
import { diag } from '@opentelemetry/api'
import { SESSION_ID } from '../attributes'
import type { Hypothesis } from '../hypothesis'
import { hex, platformBytes } from '../ids'
import type { Journey } from '../journey'
import type { Tracker } from '../tracker'
import { createTracker } from '../tracker'
import { createDelivery } from './delivery'
import type { ErrorOptions } from './errors'
import { observeErrors } from './errors'
import { observeNavigation } from './navigation'
import { createOutbox } from './outbox'
import { throughlineParts } from './parts'
import { gatedStorage, pageStorage } from './persistence'
import { otlpExporter, registerProvider } from './provider'
import { recordJourney } from './spans'
import { observeVitals } from './vitals'

export type Consent = 'required' | 'granted' | 'denied'

/** An OpenTelemetry instrumentation, by structure. */
export interface Instrumentation {
  setTracerProvider(provider: TracerProvider): void
  enable(): void
  disable(): void
}

export interface StartOptions extends ErrorOptions {
  readonly serviceName: string
  /** Where OTLP/HTTP goes, without `/v1/traces`: `/otlp`, `https://collector.example.com`. */
  readonly endpoint: string
  readonly journeys: readonly Journey[]
  readonly hypotheses?: readonly Hypothesis[]
  /** The unit that variants are assigned to, an opaque id. */
  readonly subject?: string
  /** Official instrumentations, such as `new FetchInstrumentation()`. */
  readonly instrumentations?: readonly Instrumentation[]
  /** Other origins that may see the journey as baggage; each must allow the header by CORS. */
  readonly propagateTo?: readonly (string | RegExp)[]
  /** Share of runs whose other spans are kept, 0 to 1; journey events, vitals and errors are kept always. */
  readonly sampleRatio?: number
  /** `granted` if left out, unless the browser sends Global Privacy Control. */
  readonly consent?: Consent
  /** More resource attributes, such as `service.version`. */
  readonly resource?: Attributes
  /** Headers of export requests. */
  readonly headers?: Record<string, string>
  /** Query parameters that URLs may keep; all others, and fragments, are cut off. */
  readonly allowUrlParams?: readonly string[]
  /** Sees every attribute before it leaves; what it returns goes instead, undefined takes it out. */
  readonly redact?: (key: string, value: unknown) => unknown
  /** Writes each journey event, and what was ignored and why, to the console. */
  readonly debug?: boolean
  /** A tracker of the host's own, built into `provider` with `throughlineParts`. */
  readonly tracker?: Tracker
  /** A provider of the host's own: vitals, errors and flushing start on it, and nothing is registered. */
  readonly provider?: TracerProvider & { forceFlush?(): Promise<void> }
}

/** A tracker that is wired to its page. */
export interface Throughline extends Tracker {
  /** Sends what waits, now. */
  flush(): Promise<void>
  /** Granting sends what waited and keeps the current run; denying drops it and clears what was stored. */
  consent(state: 'granted' | 'denied'): void
  /** Sends what waits and takes everything off the page again. */
  stop(): Promise<void>
}

const STARTED = Symbol.for('throughline.started')

/**
 * Wires a page: tracks the journeys, stamps every span, records web vitals and errors on the step where they happened,
 * and sends it all as OTLP.
 *
 * @throws TypeError that says what to change, when the set-up cannot work
 */
export function startThroughline(options: StartOptions): Throughline {
  const { serviceName, endpoint, journeys, hypotheses = [], provider: own, consent } = options
  if (!Array.isArray(journeys))
    throw new TypeError('throughline: startThroughline needs journeys: [defineJourney(…)]')
  const subject = options.subject === undefined ? {} : { subject: options.subject }
  if (typeof window === 'undefined')
    // Rendered on a server: journeys begin in the browser.
    return {
      ...(options.tracker ?? createTracker({ journeys, hypotheses, ...subject })),
      flush: () => Promise.resolve(),
      consent: () => {},
      stop: () => Promise.resolve(),
    }
  if (!own && !(serviceName && endpoint))
    throw new TypeError(
      "throughline: startThroughline needs serviceName: 'shop-web' and endpoint: '/otlp' (OTLP/HTTP without /v1/traces)",
    )
  const marks = globalThis as { [STARTED]?: true | undefined }
  if (marks[STARTED])
    diag.warn(
      'throughline: started twice on this page; stop() the first, or remove the second copy of the library',
    )
  marks[STARTED] = true

  const stopping = new AbortController()
  const { signal } = stopping
  const page = hex(platformBytes(16))
  const isPrivate = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl === true
  const isGranted = (consent ?? (isPrivate ? 'denied' : 'granted')) === 'granted'
  const storage = gatedStorage(pageStorage('sessionStorage'), isGranted)
  const tracker = options.tracker ?? createTracker({ journeys, hypotheses, storage, ...subject })

  const url = new URL(`${`${endpoint ?? ''}`.replace(/\/$/, '')}/v1/traces`, location.href).href
  const local = pageStorage('localStorage')
  const delivery = own
    ? undefined
    : createDelivery({
        exporter: otlpExporter(url, options.headers),
        endpoint: url,
        page,
        ...(local && { outbox: createOutbox(local, page) }),
        ...(options.allowUrlParams && { allowUrlParams: options.allowUrlParams }),
        ...(options.redact && { redact: options.redact }),
      })
  delivery?.open(isGranted)

  const registered =
    delivery &&
    registerProvider(
      throughlineParts({
        tracker,
        delivery,
        ...(options.propagateTo && { propagateTo: options.propagateTo }),
        ...(options.sampleRatio !== undefined && { ratio: options.sampleRatio }),
        keepHypotheses: true,
      }),
      { ...device(), [SESSION_ID]: sessionId(storage), ...options.resource, 'service.name': serviceName },
    )
  const provider = own ?? registered!.provider

  if (options.debug)
    import('./debug').then(
      ({ debugJourney }) => debugJourney(tracker, signal),
      () => {},
    )
  if (own)
    import('./diagnose').then(
      ({ diagnose }) => diagnose(tracker),
      () => {},
    )
  const stopRecording = recordJourney(tracker, provider)
  observeNavigation(tracker, signal)
  observeVitals(tracker, signal)
  const errors = observeErrors(tracker, signal, options)
  for (const instrumentation of options.instrumentations ?? []) {
    instrumentation.setTracerProvider(provider)
    instrumentation.enable()
  }

  const flush = () => (delivery?.flush() ?? own?.forceFlush?.() ?? Promise.resolve()).catch(() => {})
  const leaving = () => {
    errors.flush()
    delivery?.report(tracker)
    flush()
  }
  // On window: pagehide does not fire on document. web-vitals reports when the page is hidden, before these listeners.
  const on = (type: string, listener: () => void) => addEventListener(type, listener, { signal })
  on('pagehide', leaving)
  on('online', flush)
  document.addEventListener('visibilitychange', () => document.visibilityState === 'hidden' && leaving(), {
    signal,
  })
  delivery?.recover()
  const recovery = setTimeout(() => delivery?.recover(), 11_000)

  return {
    ...tracker,
    flush,
    consent(state) {
      const isOpen = state === 'granted'
      storage.open(isOpen)
      delivery?.open(isOpen, !isOpen)
    },
    async stop() {
      for (const instrumentation of options.instrumentations ?? []) instrumentation.disable()
      errors.flush()
      stopping.abort()
      clearTimeout(recovery)
      stopRecording()
      marks[STARTED] = undefined
      await delivery?.stop().catch(() => {})
      registered?.unregister()
    },
  }
}

function sessionId(storage: ReturnType<typeof gatedStorage>): string {
  const key = 'throughline.session'
  try {
    const known = storage.getItem(key)
    if (known) return known
    const made = hex(platformBytes(16))
    storage.setItem(key, made)
    return made
  } catch {
    return hex(platformBytes(16))
  }
}

/** What the browser says of the device and the network without being asked for more. */
function device(): Attributes {
  const { userAgentData, connection, language } = navigator as Navigator & {
    userAgentData?: { mobile: boolean; platform: string }
    connection?: { type?: string; effectiveType?: string }
  }
  return {
    'browser.mobile': userAgentData?.mobile ?? /Mobi/.test(navigator.userAgent),
    ...(userAgentData?.platform && { 'browser.platform': userAgentData.platform }),
    'browser.language': language,
    ...(connection && {
      'network.connection.type': connection.type ?? connection.effectiveType ?? 'unknown',
    }),
  }
}
