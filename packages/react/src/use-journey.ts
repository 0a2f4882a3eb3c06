import type { Conversion, Ending, Journey, Visit } from '@throughline/core'
import { useMemo } from 'react'
import { useTracker } from './provider'
import { useTracked } from './use-tracked'

/** A journey as a component sees it: where it is, and what can be said about it. */
export interface JourneyControls<S extends string> {
  /** The step that the run is on; undefined when there is none, and on the server. */
  readonly visit: Visit | undefined
  enter(step: S): void
  leave(outcome?: 'left' | 'failed'): void
  ready(): void
  convert(conversion?: Conversion): void
  fail(ending?: Ending): void
  abandon(ending?: Ending): void
}

/** Follows a journey; the functions stay the same from render to render. */
export function useJourney<S extends string>(journey: Journey<string, S>): JourneyControls<S> {
  const tracker = useTracker()
  const visit = useTracked(tracker, (tracker) => tracker.current(journey))
  const controls = useMemo(
    () => ({
      enter: (step: S) => tracker?.enter(journey, step),
      leave: (outcome?: 'left' | 'failed') => tracker?.leave(journey, outcome),
      ready: () => tracker?.ready(journey),
      convert: (conversion?: Conversion) => tracker?.convert(journey, conversion),
      fail: (ending?: Ending) => tracker?.fail(journey, ending),
      abandon: (ending?: Ending) => tracker?.abandon(journey, ending),
    }),
    [tracker, journey],
  )
  return useMemo(() => ({ visit, ...controls }), [visit, controls])
}
