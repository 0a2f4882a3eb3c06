import type { Tracker } from '../tracker'

/** Tells the tracker of navigations and interactions, so that steps start, and vitals land, where they belong. */
export function observeNavigation(tracker: Tracker, signal: AbortSignal): void {
  const epoch = (time: number) => performance.timeOrigin + time
  const listen = (target: EventTarget, type: string, listener: (event: Event) => void) =>
    target.addEventListener(type, listener, { capture: true, passive: true, signal })

  const [entry] = performance.getEntriesByType('navigation') as (PerformanceNavigationTiming & {
    activationStart?: number
  })[]
  tracker.navigated(epoch(entry?.activationStart ?? 0), 'navigation')

  let interaction = 0
  for (const type of ['pointerdown', 'click', 'keydown'])
    listen(window, type, ({ timeStamp }) => {
      interaction = timeStamp
      tracker.interacted(epoch(timeStamp))
    })

  listen(window, 'pageshow', (event) => {
    if (!(event as PageTransitionEvent).persisted) return
    tracker.navigated(epoch(event.timeStamp), 'navigation')
    tracker.restore()
  })

  // A soft navigation starts with the interaction that caused it, as the browser's own soft-navigation entries do.
  const { navigation } = globalThis as { navigation?: EventTarget }
  if (navigation)
    listen(navigation, 'currententrychange', (event) => {
      const { navigationType } = event as Event & { navigationType?: string }
      if (navigationType === 'push' || navigationType === 'traverse')
        tracker.navigated(
          epoch(event.timeStamp - interaction < 1000 ? interaction : event.timeStamp),
          'soft-navigation',
        )
    })
}
