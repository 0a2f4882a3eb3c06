import type { Hypothesis } from '@throughline/core'
import { useEffect, useSyncExternalStore } from 'react'
import { useTracker } from './provider'

export interface UseHypothesisOptions<V extends string> {
  /** The assigned variant, where the flag is evaluated by hand; with OpenFeature, `journeyFeatureHook` brings it. */
  readonly variant?: V | undefined
}

const none = () => undefined
const never = () => none

/**
 * The variant to render. What was assigned is recorded as met once this has been committed to the page (a render that React throws
 * away meets nobody). Nothing assigned: the control, and no exposure.
 */
export function useHypothesis<V extends string>(
  hypothesis: Hypothesis<string, V>,
  options: UseHypothesisOptions<NoInfer<V>> = {},
): V {
  const tracker = useTracker()
  const known = useSyncExternalStore(tracker?.onChange ?? never, () => tracker?.variant(hypothesis), none)
  const assigned = options.variant ?? known
  useEffect(() => {
    if (tracker && assigned !== undefined) tracker.expose(hypothesis, assigned)
  }, [tracker, hypothesis, assigned])
  return assigned ?? hypothesis.variants[0]!
}
