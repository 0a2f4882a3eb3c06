import { diag } from '@opentelemetry/api'
import { createTracker } from '../tracker'
import { isOpaque } from './address'
import { onWithdrawal } from './kept-storage'
import type { Consent, OwnProviderOptions, ReadyMadeOptions, StartOptions, Throughline } from './options'
import { observePage } from './page'
import { installedParts } from './parts'
import { clearStorage } from './persistence'
import { isPrerendering, untilActivated } from './prerender'
import type { ReadyMade } from './ready-made'
import { shareRuns } from './restore'
import { safely } from './safely'
import { recordJourney } from './spans'
import { keepWords } from './words'
import { outsideZone, setTimer } from './zone'

type MakeReady = (options: ReadyMadeOptions, isGranted: boolean, signal: AbortSignal) => ReadyMade

const STARTED = Symbol.for('throughline.started')
const LONGEST_STOP = 3000

/** In development: that nothing leaves is easily taken for a fault. */
function whyNothing(state: Consent, isByBrowser: boolean) {
  if (state === 'required')
    return "consent is required: nothing is stored or sent before tracker.consent('granted')"
  const by = isByBrowser ? ' by Global Privacy Control' : ''
  if (state === 'denied') return `consent is denied${by}: nothing is stored or sent`
  return 'consent is none of granted, required and denied, and taken for denied'
}

/** `startThroughline`, with the ready-made set-up or for providers of the host's own alone. */
export const startPage = (options: StartOptions, makeReady?: MakeReady): Throughline =>
  outsideZone(() => startHere(options, makeReady))

function startHere(options: StartOptions, makeReady?: MakeReady): Throughline {
  if (__DEV__ && !options)
    throw new TypeError(
      "throughline: startThroughline needs options: { serviceName: 'shop-web', endpoint: '/otlp', journeys: […] }",
    )
  const { tracker: ownTracker, provider: ownProvider, instrumentations: given = [] } = options
  const instrumentations = [given].flat()
  const isOwn = !!ownTracker && !!ownProvider
  if (__DEV__ && !isOwn && !makeReady)
    throw new TypeError('throughline: startThroughline needs { tracker, provider } when it comes from /parts')
  if (typeof window === 'undefined')
    // Rendered on a server: journeys begin in the browser.
    return {
      ...(ownTracker ?? createTracker(options as ReadyMadeOptions)),
      captureError() {},
      flush: async () => {},
      consent() {},
      stop: async () => {},
    }
  const marks = globalThis as { [STARTED]?: (() => void) | undefined }
  const first = marks[STARTED]
  first?.()
  const stopping = new AbortController()
  const { signal } = stopping
  const words = options.debug ? keepWords(signal) : undefined
  if (__DEV__ && isOpaque())
    diag.warn(
      "throughline: a sandboxed frame has no origin: add allow-same-origin, or let the endpoint answer with 'Access-Control-Allow-Origin: *'; its runs end with the page",
    )
  if (first)
    diag.warn(
      'throughline: started twice (two copies on this page?); the first was stopped: keep one, or stop() it first',
    )

  const isPrivate = (navigator as { globalPrivacyControl?: boolean }).globalPrivacyControl
  let state = options.consent ?? (isPrivate ? 'denied' : 'granted')
  /** Whether that was said by the host: a run that outlives its tab takes more than silence. */
  let isExplicit = !!options.consent
  // Whatever else it is given, too.
  const isDenied = () => state !== 'granted' && state !== 'required'
  // Before the tracker reads it.
  if (isDenied()) safely(() => clearStorage(sessionStorage))
  const ready = isOwn ? undefined : makeReady!(options as ReadyMadeOptions, state === 'granted', signal)
  const { tracker, provider, storage } = ready ?? (options as OwnProviderOptions)
  if (__DEV__ && !storage && state !== 'granted')
    diag.warn(
      'throughline: to keep a tracker with storage to consent, give both gatedStorage(tabStorage(), false)',
    )
  const installed = installedParts(tracker)
  const delivery = installed?.delivery
  const stopRecording = recordJourney(tracker, provider, !isOwn)
  shareRuns(tracker, signal)
  const keeping = tracker.journeys.filter(({ keep }) => keep === 'browser').map(({ name }) => name)
  // Ahead of what stores again when the page is shown.
  if (keeping.length > 0) onWithdrawal(() => consent('denied'), signal)
  const held = untilActivated(tracker, signal)
  const page = observePage(held, provider, installed, { ...options, instrumentations }, words, signal)
  const open = () => {
    // Nothing leaves a page that may never be seen.
    const mayLeave = state === 'granted' && !isPrerendering()
    if (installed) installed.isOpen = mayLeave
    delivery?.open(mayLeave)
    if (mayLeave) page.recover()
  }
  /** Each thing by itself: what fails, a storage or an instrumentation, keeps nothing else from being done. */
  const consented = () => {
    if (__DEV__ && state !== 'granted')
      diag.warn(`throughline: ${whyNothing(state, !!isPrivate && !options.consent)}`)
    const mayKeep = isExplicit && !isDenied()
    safely(() => storage?.kept?.allow(mayKeep, state === 'granted' && mayKeep))
    safely(open)
    if (isDenied()) delivery?.discard()
    if (state !== 'required') safely(() => storage?.open(!isDenied()))
    if (isDenied()) safely(() => clearStorage(localStorage))
  }
  consented()
  document.addEventListener('prerenderingchange', consented, { signal })
  const consent = (given: Consent) => {
    // After stop() the page may be another's; if not, what is still stored can be cleared.
    if (signal.aborted && (given !== 'denied' || marks[STARTED])) return
    state = given
    isExplicit = true
    consented()
  }
  if (keeping.length > 0 && state === 'granted' && !(isExplicit && storage?.kept))
    diag.warn(
      `throughline: the run of "${keeping}" ends with the tab: keep: 'browser' needs consent: 'granted', and keepRuns(…) around the storage of a tracker of your own`,
    )

  const stop = async () => {
    // It is another's page by now.
    if (signal.aborted) return
    stopping.abort()
    stopRecording()
    ready?.unregister()
    if (marks[STARTED] === stop) delete marks[STARTED]
    for (const instrumentation of instrumentations) safely(() => instrumentation.disable())
    await Promise.race([
      ready ? outsideZone(() => delivery!.processor.shutdown()) : page.flush(),
      new Promise<void>((resolve) => setTimer(resolve, LONGEST_STOP)),
    ])
  }
  marks[STARTED] = stop
  for (const instrumentation of instrumentations)
    safely(() => {
      instrumentation.setTracerProvider(provider)
      instrumentation.enable()
    })
  const throughline = {
    ...held,
    stop,
    captureError: page.captureError,
    flush: page.flush,
    consent,
    /** For `handoverToken`. */
    mayStore: () => state === 'granted',
  }
  return throughline
}
