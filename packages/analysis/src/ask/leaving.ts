import type { Journey } from '@throughline/core'
import type { FunnelStep, LeavingReason } from '../result'
import type { Scope } from './tables'

/** In the order in which they are asked: the first that applies counts. */
export const LEAVING_REASONS: readonly LeavingReason[] = [
  'error',
  'failing-request',
  'not-ready',
  'slow',
  'went-back',
  'at-once',
  'other',
]

/** Who leaves sooner than this, in ms, has hardly looked. */
export const AT_ONCE = 2000

interface LeavingRow {
  /** 1-based. */
  place: number
  reason: LeavingReason
  units: number
}

/**
 * Why those who left at each step did. Each left for one reason, so they add up to `droppedOff`.
 *
 * @param steps as the funnel counts them
 */
export async function withReasons(
  scope: Scope,
  journey: Journey,
  steps: readonly FunnelStep[],
): Promise<FunnelStep[]> {
  const rows = await scope.ask<LeavingRow>('leaving', {
    targets: journey.steps.map(({ name }) => journey.ready[name]?.p75 ?? 0),
    timed: steps.map(({ ready }) => Number(ready !== null)),
    quick: AT_ONCE,
  })
  return steps.map((step) => ({
    ...step,
    leftBecause: LEAVING_REASONS.flatMap((reason) => {
      const own = rows.find((row) => row.place === step.index + 1 && row.reason === reason)
      return own ? [{ reason, units: own.units }] : []
    }),
  }))
}
