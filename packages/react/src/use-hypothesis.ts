import type { Hypothesis } from '@throughline/core'
import { useEffect, useRef } from 'react'
import { useTracker } from './provider'
import { useTracked } from './use-tracked'

export interface UseHypothesisOptions<V extends string> {
  /**
   * The assigned variant, where the flag is evaluated by hand, and where the server has rendered it: only what both
   * are given hydrates as it is. With OpenFeature, `journeyFeatureHook` brings it.
   */
  readonly variant?: V | undefined
}

/**
 * The variant to render. What was assigned is recorded as met, once per run, when it has been committed to the page
 * (a render that React throws away, or hides, meets nobody). Nothing assigned, or something undeclared: the control,
 * and no exposure.
 */
export function useHypothesis<V extends string>(
  hypothesis: Hypothesis<string, V>,
  options: UseHypothesisOptions<NoInfer<V>> = {},
): V {
  const tracker = useTracker()
  const known = useTracked(tracker, (tracker) => tracker.variant(hypothesis))
  const journey = tracker?.journeys.find(({ name }) => name === hypothesis?.journey)
  const run = useTracked(tracker, (tracker) => journey && tracker.current(journey)?.run)
  const assigned = options.variant ?? known
  const met = useRef<string>(undefined)
  useEffect(() => {
    // Says that nothing will come of it, where that can be seen (`debug`).
    if (tracker && !tracker.hypotheses.some(({ id }) => id === hypothesis?.id))
      return tracker.assign(hypothesis, undefined)
    // A run that has ended is no reason to meet the variant again; the next one is.
    if (!tracker || assigned === undefined || (!run && met.current === assigned)) return
    met.current = assigned
    tracker.expose(hypothesis, assigned)
  }, [tracker, hypothesis, assigned, run])
  const { variants = [] } = hypothesis ?? {}
  return variants.find((variant) => variant === assigned) ?? variants[0]!
}
