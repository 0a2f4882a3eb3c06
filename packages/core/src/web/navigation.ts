import type { Visit } from '../event'
import type { NavigationKind, Tracker } from '../tracker-types'
import { whenShown } from './prerender'
import { restoreHere } from './restore'

/** Knows to which visit each navigation of this document led. */
export interface Navigations {
  /**
   * Calls back with the visit that the navigation of a moment (ms since the page's time origin) led to, as soon as that is
   * known; with null when it led to none.
   */
  ledTo(start: number, then: (visit: Visit | null) => void): void
  /** No step was entered in time: what waits is told so. */
  settle(): void
}

interface Navigation {
  readonly start: number
  visit?: Visit | null | undefined
  waiting: ((visit: Visit | null) => void)[]
}

/** When the user first saw the document: its start, or the activation of a prerendered one. */
export function pageStart(): number {
  const [entry] = performance.getEntriesByType('navigation') as (PerformanceEntry & {
    activationStart?: number
  })[]
  return entry?.activationStart ?? 0
}

/** Tells the tracker of navigations and interactions, so that steps start, and vitals land, where they belong. */
export function observeNavigation(tracker: Tracker, signal: AbortSignal): Navigations {
  const epoch = (time: number) => performance.timeOrigin + time
  const listen = (target: EventTarget, type: string, listener: (event: Event) => void) =>
    target.addEventListener(type, listener, { capture: true, passive: true, signal })
  const all: Navigation[] = []

  function resolve(navigation: Navigation, visit: Visit | null) {
    navigation.visit = visit
    for (const then of navigation.waiting.splice(0)) then(visit)
  }

  function navigated(start: number, kind: NavigationKind) {
    const navigation: Navigation = { start, waiting: [] }
    all.push(navigation)
    if (all.length > 20) all.shift()
    tracker.navigated(epoch(start), kind, (visit) => resolve(navigation, visit ?? null))
  }

  // When a prerendered page is activated is not known before.
  whenShown(() => navigated(pageStart(), 'navigation'), signal)

  let interaction = Number.NaN
  for (const type of ['pointerdown', 'click', 'keydown'])
    listen(window, type, ({ timeStamp, isTrusted }) => {
      // What a script dispatches is not the user's.
      if (!isTrusted) return
      interaction = timeStamp
      tracker.interacted(epoch(timeStamp))
    })

  listen(window, 'pageshow', (event) => {
    if (!(event as PageTransitionEvent).persisted) return
    navigated(event.timeStamp, 'navigation')
    restoreHere(tracker)
  })

  // A soft navigation starts with the interaction that caused it, as the browser's own soft-navigation entries do.
  const { navigation } = globalThis as { navigation?: EventTarget }
  if (navigation)
    listen(navigation, 'currententrychange', (event) => {
      const { navigationType, timeStamp } = event as Event & { navigationType?: string }
      if (navigationType === 'push' || navigationType === 'traverse')
        navigated(timeStamp - interaction < 1000 ? interaction : timeStamp, 'soft-navigation')
    })

  return {
    ledTo(start, then) {
      // The browser's clock and ours may disagree by a rounding.
      const found = all.findLast((navigation) => navigation.start <= start + 1)
      if (!found || found.visit !== undefined) then(found?.visit ?? null)
      else found.waiting.push(then)
    },
    settle() {
      for (const navigation of all) if (navigation.waiting.length > 0) resolve(navigation, null)
    },
  }
}
