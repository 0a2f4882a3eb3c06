import type { Journey, Tracker } from '@throughline/core'
import { epochOf } from '@throughline/core'
import type { RefObject } from 'react'
import { useEffect, useRef } from 'react'

/** Whether nobody sees the page. A prerendered one is hidden until it begins. */
const isUnseen = () =>
  document.visibilityState === 'hidden' && !(document as { prerendering?: boolean }).prerendering

/** Whether the page was hidden after a moment (ms since the epoch), as far as the browser says so. */
const wasHidden = (since: number) =>
  performance
    .getEntriesByType?.('visibility-state')
    .some(({ name, startTime }) => name === 'hidden' && epochOf(startTime) >= since)

/**
 * Reports that a step is usable, once `ready` is true and what was rendered is on the screen; not of a visit in which
 * the page was hidden.
 *
 * @returns reports again, for a visit that begins while its component is on the page already
 */
export function useReady(
  tracker: Tracker | undefined,
  journey: Journey,
  step: string,
  ready: boolean,
): RefObject<() => void> {
  /** The last visit in which the page was hidden. */
  const unseen = useRef<string>(undefined)
  const again = useRef(() => {})
  useEffect(() => {
    const look = () => {
      const visit = isUnseen() && journey ? tracker?.current(journey) : undefined
      if (visit?.step === step) unseen.current = visit.id
    }
    look()
    document.addEventListener('visibilitychange', look)
    return () => document.removeEventListener('visibilitychange', look)
  }, [tracker, journey, step])
  useEffect(() => {
    if (!ready || !tracker || !journey) return
    let frame = 0
    const report = () => {
      // The frame after the next has painted what this effect follows.
      frame = requestAnimationFrame(() => {
        frame = requestAnimationFrame(() => {
          const visit = tracker.current(journey)
          if (visit?.step === step && visit.id !== unseen.current && !wasHidden(visit.start))
            tracker.ready(journey, 'component')
        })
      })
    }
    // From the back/forward cache: entered again, and there at once.
    const back = ({ persisted }: PageTransitionEvent) => persisted && report()
    report()
    again.current = () => {
      if (!isUnseen()) report()
    }
    addEventListener('pageshow', back)
    return () => {
      again.current = () => {}
      cancelAnimationFrame(frame)
      removeEventListener('pageshow', back)
    }
  }, [tracker, journey, step, ready])
  return again
}
