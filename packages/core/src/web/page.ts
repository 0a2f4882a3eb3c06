import type { TracerProvider } from '@opentelemetry/api'
import { diag } from '@opentelemetry/api'
import { Name } from '../attributes'
import { doAsAt } from '../clock'
import type { JourneyEvent } from '../event'
import type { Journey } from '../journey'
import type { Tracker } from '../tracker-types'
import { enterByAddress } from './by-address'
import { earlyErrors } from './early-errors'
import type { Later } from './later'
import { observeNavigation } from './navigation'
import type { Instrumentation, PageOptions } from './options'
import { createOutbox, PREFIX } from './outbox'
import type { Installed } from './parts'
import { failureOf } from './requests'
import { safely } from './safely'
import { tools } from './tools'
import type { Words } from './words'
import { outsideZone, setTimer } from './zone'

/** How long sending waits for code that is loading, ms. */
const PATIENCE = 1000

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
  let loading: Promise<unknown> | undefined
  const navigations = observeNavigation(tracker, signal)
  const leftOut = [options.ignoreErrors ?? []].flat()
  const isLeftOut = (said: string) =>
    leftOut.some((what) => (typeof what === 'string' ? said.includes(what) : said.search(what) >= 0))
  const early = earlyErrors(tracker, isLeftOut, signal)
  if (installed)
    installed.onEnd = (span, visit) => {
      const { text: message, isAnswered } = failureOf(span) ?? {}
      if (!message || signal.aborted) return
      // One that had no answer may have failed because the page was left.
      const error = isAnswered && Object.assign(new Error(message), { name: 'RequestError' })
      early.pass((errors, at) => errors.request(span, visit, at), { error, isHandled: true, visit })
    }
  if (delivery) delivery.outbox = createOutbox(`${delivery.page} ${delivery.url}`)

  const send = async () => {
    try {
      await outsideZone(() => (delivery ? delivery.flush() : provider.forceFlush?.()))
    } catch (error) {
      diag.debug('throughline:', error)
    }
  }
  const flush = async () => {
    const isComplete = later || signal.aborted
    await send()
    if (isComplete) return
    // What happened as the page started waited for the code that reads it.
    await Promise.race([loading, new Promise<void>((done) => setTimer(done, PATIENCE))])
    await send()
  }
  const more = () => ({ [Name.ERROR_IGNORED]: early.ignored() })
  const report = delivery ? () => delivery.report(tracker, more()) : countEmitted(tracker, send, more, signal)
  if (delivery) delivery.onLoss = () => signal.aborted || report()
  const settle = () => {
    early.flush()
    report()
  }
  const leaving = () => {
    settle()
    send()
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
  on('visibilitychange', () => isHidden() && send())
  signal.addEventListener('abort', leaving)
  // The document goes on until the next one answers: what is sent by then is answered while we are here to hear of it.
  const { navigation } = globalThis as { navigation?: EventTarget }
  navigation?.addEventListener(
    'navigate',
    (event) => {
      const { destination, downloadRequest } = event as NavigateEvent
      if (!destination?.sameDocument && typeof downloadRequest !== 'string') send()
    },
    { signal },
  )

  /** Once code that loads later is there. What is in it fails by itself, and is no chunk that did not load. */
  const load = <T>(chunk: Promise<T>, use: (loaded: T) => void, failed: (error: unknown) => void) =>
    chunk.then((loaded) => signal.aborted || safely(() => use(loaded)), failed)
  /**
   * A chunk that does not load (no network, the site's policy, a deploy that took it away) costs what is in it; the
   * next page tries again.
   */
  const without = (what: string) => (error: unknown) => {
    diag.warn(`throughline: the code that ${what} did not load`, error)
    early.flush()
  }
  // In a task of its own: starting must not become a long one.
  loading = new Promise((resolve) =>
    setTimer(() =>
      load(
        import('./later'),
        ({ observeLater }) => {
          const { instrumentations } = options
          const loaded = { tracker, navigations, early, isLeftOut, instrumentations, tools, installed }
          later = observeLater({ ...loaded, prefix: PREFIX, signal })
        },
        without('measures vitals and reads errors'),
      ).then(resolve),
    ),
  )
  let unwatch = () => {}
  /** Whether the step that was entered by its address is usable, nobody says. */
  const watch = (journey: Journey) => {
    const id = tracker.current(journey)?.id
    load(
      import('./quiet'),
      ({ whenQuiet }) => {
        unwatch()
        const isHere = () => !signal.aborted && tracker.current(journey)?.id === id
        if (!isHere() || isHidden()) return
        unwatch = outsideZone(() =>
          whenQuiet(
            (since) => isHere() && doAsAt(since, () => tracker.ready(journey, 'auto')),
            () => !!installed?.requests.size,
            tools,
          ),
        )
      },
      without('sees when a page has come to rest'),
    )
  }
  signal.addEventListener('abort', () => unwatch())
  enterByAddress(tracker, navigations.began, options.addressOf, watch, signal)
  if (options.consoleErrors)
    load(
      import('./console-errors'),
      ({ observeConsole }) =>
        observeConsole((...said) => early.pass((errors) => errors.record(...said)), signal),
      without('hears the console'),
    )
  if (words) {
    const events: JourneyEvent[] = []
    const stop = tracker.subscribe((event) => events.push(event))
    load(
      import('./debug'),
      ({ debugJourney }) =>
        debugJourney(tracker, events, words, installed, options.instrumentations, setTimer, signal),
      () => words.hear((level, said) => console[level](...said)),
    ).then(stop)
  }
  return { flush, captureError: early.capture, recover: () => later?.recover() }
}
