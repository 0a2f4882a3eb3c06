import type { LatencyResult, Problem } from '../result'
import type { Met, Stored } from './examples'
import { causesOf } from './examples'
import { slowName } from './ranking'
import type { Scope } from './tables'

interface CauseRow extends Met {
  readonly key: string
}

/**
 * Adds to slow steps that surely cost conversions where that comes from: first and last time, releases and browsers,
 * and runs with the traces of their visits.
 */
export async function withSlowCauses(
  scope: Scope,
  latency: readonly LatencyResult[],
  problems: readonly Pick<Problem, 'kind' | 'key' | 'certain'>[],
): Promise<LatencyResult[]> {
  const certain = new Set(
    problems.filter((one) => one.kind === 'slow-step' && one.certain).map(({ key }) => key),
  )
  const wanted = latency.filter((one) => certain.has(slowName(one).key))
  if (!wanted.length) return [...latency]
  const rows = await scope.ask<CauseRow>('slow-causes', {
    measures: wanted.map((one) => slowName(one).key),
    slowFrom: wanted.map(({ threshold }) => threshold.slowFrom),
    names: [...new Set(wanted.map(({ measure }) => measure))],
    places: [...new Set(wanted.map(({ step }) => step))],
  })
  const causes = await causesOf(scope, rows, (times, hashes) =>
    scope.ask<Stored>('visit-spans', { times, hashes }),
  )
  return latency.map((one) => {
    const row = rows.find(({ key }) => key === slowName(one).key)
    const cause = row && causes.get(row)
    return cause ? { ...one, cause } : one
  })
}
