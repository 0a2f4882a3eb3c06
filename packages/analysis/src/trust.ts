import type { Engine } from './engine'
import type { Window } from './queries'
import { runQuery } from './queries'
import type { HypothesisResult, TrustResult } from './result'

/** Whether the numbers can be trusted: what was lost on the way, what had to be left out. */
export async function trust(
  engine: Engine,
  window: Window,
  cappedRuns: number,
  hypotheses: readonly HypothesisResult[],
): Promise<TrustResult> {
  const [delivery] = await runQuery<TrustResult['delivery']>(engine, 'delivery', {
    since: window.since,
    until: window.until,
  })
  const exposuresWithoutSubject = hypotheses.reduce((sum, { leftOut }) => sum + leftOut.withoutSubject, 0)
  return { notes: [], delivery: delivery!, cappedRuns, skewedRuns: 0, exposuresWithoutSubject }
}
