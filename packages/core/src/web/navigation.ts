import { epochOf } from '../clock'
import type { Visit } from '../event'
import type { NavigationKind, Tracker } from '../tracker-types'
import { whenShown } from './prerender'
import { restoreHere } from './restore'
import { navigationEntry } from './timing'
import { setTimer } from './zone'

/** Knows to which visit each navigation of this document led. */
export interface Navigations {
  /**
   * Calls back with the visit that the navigation of a moment (ms since the page's time origin) led to, as soon as
   * that is known; with null when it led to none.
   */
  ledTo(start: number, then: (visit: Visit | null) => void): void
  /** When the last one began, ms since the epoch. */
  began(): number
  /** No step was entered in time: what waits is told so. */
  settle(): void
}

interface Navigation {
  /** Its start, which a click may be that loaded data first; and when the URL changed. */
  readonly start: number
  readonly at: number
  visit?: Visit | null | undefined
  waiting: ((visit: Visit | null) => void)[]
}

/** Of the Navigation API. */
type EntryChange = Event & { readonly navigationType?: string; readonly from?: { readonly url?: string } }

/** From the interaction to the change of the URL, ms; the browser's own Back is no interaction with the page. */
const LONGEST_LOADING = 10_000
const LONGEST_GOING_BACK = 1000
/** From a URL that was replaced, for a filter or for a step, to the step's enter, ms. */
const LONGEST_FILTERING = 3000

/** When the user first saw the document: its start, or the activation of a prerendered one. */
export function pageStart(): number {
  return navigationEntry()?.activationStart ?? 0
}

/** Tells the tracker of navigations and interactions, so that steps start, and vitals land, where they belong. */
export function observeNavigation(tracker: Tracker, signal: AbortSignal): Navigations {
  const listen = (target: EventTarget, type: string, listener: (event: Event) => void) =>
    target.addEventListener(type, listener, { capture: true, passive: true, signal })
  const all: Navigation[] = []

  const isUnderWay = (navigation = all.at(-1)) => navigation === all.at(-1) && navigation?.visit === undefined

  function resolve(navigation: Navigation, visit: Visit | null) {
    navigation.visit = visit
    for (const then of navigation.waiting.splice(0)) then(visit)
  }

  function navigated(start: number, kind: NavigationKind, at = start, longest?: number) {
    const navigation: Navigation = { start, at, waiting: [] }
    all.push(navigation)
    // What is entered much later was not led to by it.
    if (longest)
      setTimer(() => isUnderWay(navigation) && tracker.interacted(Number.POSITIVE_INFINITY), longest)
    if (all.length > 20) all.shift()
    const current = tracker.current()
    // A router may change the URL once the application has entered the step.
    if (kind === 'soft-navigation' && current && current.start >= epochOf(start)) resolve(navigation, current)
    else tracker.navigated(epochOf(start), kind, (visit) => resolve(navigation, visit ?? null))
  }

  // When a prerendered page is activated is not known before.
  whenShown(() => navigated(pageStart(), 'navigation'), signal)

  let interaction = Number.NaN
  let patience = 0
  for (const type of ['pointerdown', 'click', 'keydown'])
    listen(window, type, (event) => {
      const { timeStamp, isTrusted, key } = event as KeyboardEvent
      // What a script dispatches is not the user's; and scrolling a page that is not there yet is no use of it.
      if (!isTrusted || (type === 'pointerdown' && isUnderWay())) return
      interaction = timeStamp
      // Who types or scrolls asks for nothing that has to be loaded.
      patience = type === 'click' || /^( |Enter)$/.test(key) ? LONGEST_LOADING : LONGEST_GOING_BACK
      tracker.interacted(epochOf(timeStamp))
    })

  listen(window, 'pageshow', (event) => {
    if (!(event as PageTransitionEvent).persisted) return
    restoreHere(tracker, () => navigated(event.timeStamp, 'navigation'))
  })

  // A soft navigation starts with the interaction that caused it, as the browser's own soft-navigation entries do;
  // its data may have been loaded first. Without one, it is a redirect as long as the last navigation has led to no
  // step.
  const { navigation } = globalThis as { navigation?: EventTarget & { currentEntry?: { url?: string } } }
  if (navigation)
    listen(navigation, 'currententrychange', (event) => {
      const { navigationType, timeStamp, from } = event as EntryChange
      const longest = navigationType === 'traverse' ? LONGEST_GOING_BACK : patience
      const isCaused = interaction > (all.at(-1)?.start ?? 0) && timeStamp - interaction < longest
      // Routers replace the URL as they start, and forms as they are filled in.
      const isChanged = navigationType === 'replace' && isCaused && from?.url !== navigation.currentEntry?.url
      const isRedirect = isUnderWay() && timeStamp - (all.at(-1)?.at ?? 0) < LONGEST_LOADING
      if (
        navigationType === 'traverse' ||
        isChanged ||
        (navigationType === 'push' && (isCaused || !isRedirect))
      )
        navigated(
          isCaused ? interaction : timeStamp,
          'soft-navigation',
          timeStamp,
          isChanged ? LONGEST_FILTERING : LONGEST_LOADING,
        )
    })

  return {
    ledTo(start, then) {
      // The browser's clock and ours may disagree by a rounding.
      const found = all.find(({ at }) => at >= start - 1) ?? all.at(-1)
      if (!found || found.visit !== undefined) then(found?.visit ?? null)
      else found.waiting.push(then)
    },
    began: () => epochOf(all.at(-1)?.start ?? 0),
    settle() {
      for (const navigation of all) if (navigation.waiting.length > 0) resolve(navigation, null)
    },
  }
}
