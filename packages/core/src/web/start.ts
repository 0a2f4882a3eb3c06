import type { Attributes, TracerProvider } from '@opentelemetry/api'
import { context, diag, propagation, trace } from '@opentelemetry/api'
import { SESSION_ID } from '../attributes'
import { hex, platformBytes } from '../ids'
import type { Tracker } from '../tracker'
import { createTracker } from '../tracker'
import { device } from './device'
import type { ReadyMadeOptions, StartOptions, Throughline } from './options'
import { observePage } from './page'
import type { ThroughlineParts } from './parts'
import { installedParts, throughlineParts } from './parts'
import type { GatedStorage } from './persistence'
import { claim, clearStorage, gatedStorage, pageStorage } from './persistence'
import { untilActivated } from './prerender'
import { recordJourney } from './spans'

/** The ready-made provider: `makeProvider`. */
export type MakeProvider = (parts: ThroughlineParts, resource: Attributes) => TracerProvider

const STARTED = Symbol.for('throughline.started')
const LONGEST_STOP = 3000

function sessionId(storage: GatedStorage): string {
  const key = 'throughline.session'
  let id = hex(platformBytes(16))
  try {
    id = storage.getItem(key) ?? id
    storage.setItem(key, id)
  } catch {
    // Storage is full or denied: one session for each page.
  }
  return id
}

/** Builds the ready-made provider and makes it the page's; what the host has set already stays. */
function register(options: ReadyMadeOptions, tracker: Tracker, makeProvider: MakeProvider, session: string) {
  const { serviceName, sampleRatio: ratio = 1 } = options
  const parts = throughlineParts({ ...options, tracker, ratio, keepHypotheses: true })
  const provider = makeProvider(parts, {
    ...device(),
    [SESSION_ID]: session,
    ...options.resource,
    'service.name': serviceName,
  })
  const set = [
    context.setGlobalContextManager(parts.contextManager) && context,
    propagation.setGlobalPropagator(parts.propagator) && propagation,
    trace.setGlobalTracerProvider(provider) && trace,
  ]
  return {
    provider,
    unregister() {
      for (const api of set) if (api) api.disable()
    },
  }
}

/** Makes `startThroughline`, with the SDK of the ready-made set-up or without. */
export const createStart = (makeProvider?: MakeProvider) =>
  function startThroughline(options: StartOptions): Throughline {
    const { provider: own } = options
    if (!own && !makeProvider)
      throw new TypeError(
        'throughline: startThroughline needs { tracker, provider } when it comes from /parts',
      )
    if (!own && !(options.serviceName && options.endpoint && Array.isArray(options.journeys)))
      throw new TypeError(
        "throughline: startThroughline needs serviceName: 'shop-web', endpoint: '/otlp' (OTLP/HTTP without /v1/traces) and journeys: [defineJourney(…)]",
      )
    const isBrowser = typeof window !== 'undefined'
    const marks = globalThis as { [STARTED]?: (() => void) | undefined }
    if (marks[STARTED]) {
      diag.warn('throughline: started twice on this page (two copies of it?); the first was stopped')
      marks[STARTED]()
    }

    const stopping = new AbortController()
    const { signal } = stopping
    const isPrivate = isBrowser && (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
    const isGranted = (options.consent ?? (isPrivate ? 'denied' : 'granted')) === 'granted'
    const storage = gatedStorage(isBrowser ? pageStorage('sessionStorage') : undefined, isGranted)
    if (isBrowser) claim(storage, signal)
    const tracker = own ? options.tracker : createTracker({ ...options, storage })
    if (!isBrowser)
      // Rendered on a server: journeys begin in the browser.
      return { ...tracker, flush: async () => {}, consent() {}, stop: async () => {} }

    const registered = own
      ? undefined
      : register(options as ReadyMadeOptions, tracker, makeProvider!, sessionId(storage))
    const provider = own ?? registered!.provider
    const delivery = installedParts(tracker)?.delivery
    const stopRecording = recordJourney(tracker, provider)
    const held = untilActivated(tracker, signal)
    const page = observePage(held, provider, delivery, options, signal)
    delivery?.open(isGranted)
    for (const instrumentation of options.instrumentations ?? []) {
      instrumentation.setTracerProvider(provider)
      instrumentation.enable()
    }

    const stop = async () => {
      for (const instrumentation of options.instrumentations ?? []) instrumentation.disable()
      stopping.abort()
      stopRecording()
      registered?.unregister()
      if (marks[STARTED] === stop) delete marks[STARTED]
      await Promise.race([
        registered ? delivery!.processor.shutdown() : page.flush(),
        new Promise((resolve) => setTimeout(resolve, LONGEST_STOP)),
      ]).catch(() => {})
    }
    marks[STARTED] = stop
    return {
      ...held,
      stop,
      flush: page.flush,
      consent(state) {
        const isOpen = state === 'granted'
        try {
          storage.open(isOpen)
          delivery?.open(isOpen)
          if (isOpen) return page.recover()
          delivery?.discard()
          clearStorage(pageStorage('localStorage'))
        } catch (error) {
          diag.debug('throughline:', error)
        }
      },
    }
  }
