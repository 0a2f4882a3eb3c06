import { benjaminiHochberg } from '../infer/benjamini-hochberg'
import { normalQuantile, normalTwoSided } from '../infer/distributions'
import type { Estimate, LatencyResult, LostConversions, Problem, Ranking } from '../result'
import type { Worth } from './lost-conversions'
import { worth } from './lost-conversions'

const LEVEL = 0.05
const Z = normalQuantile(0.975)

/** How probable a loss or gain of this size is if there is none. */
function pOf({ value, low, high }: Estimate): number {
  const error = (high - low) / (2 * Z)
  return error > 0 ? normalTwoSided(value / error) : 1
}

const slowStep = (
  { step, measure, navigationType, buckets, lost }: LatencyResult,
  { conversions, value }: Worth,
) => ({
  key: [step, measure, navigationType].filter(Boolean).join(' '),
  label: [measure, navigationType].filter(Boolean).join(', '),
  kind: 'slow-step' as const,
  service: '',
  steps: [step],
  runs: buckets.filter(({ slow }) => slow).reduce((sum, { visits }) => sum + visits, 0),
  lost: lost!,
  lostValue: worth(lost!, conversions, value),
})

const problemOf = ({ key, label, kind, service, steps, runs, lost, lostValue }: LostConversions) => ({
  key,
  label,
  kind,
  service,
  steps,
  runs,
  lost,
  lostValue,
})

/**
 * All that may cost conversions in one list, most expensive first. Of many that cost nothing, one in forty seems to
 * cost something when each is looked at alone; so what is certain is certain after a correction for their number.
 */
export function rank(
  latency: readonly LatencyResult[],
  losses: readonly LostConversions[],
  journey: Worth,
): Ranking {
  const found = [
    ...losses.map(problemOf),
    ...latency.filter(({ lost }) => lost !== null).map((one) => slowStep(one, journey)),
  ]
  const p = found.map(({ lost }) => pOf(lost))
  const corrected = benjaminiHochberg(p)
  const problems = found
    .map(
      (one, at): Problem => ({
        ...one,
        p: p[at]!,
        corrected: corrected[at]!,
        certain: one.lost.value > 0 && corrected[at]! < LEVEL,
      }),
    )
    .sort((a, b) => b.lost.value - a.lost.value || b.runs - a.runs || (a.key < b.key ? -1 : 1))
  return {
    problems,
    compared: problems.length,
    alone: problems.filter(({ lost, p: own }) => lost.value > 0 && own < LEVEL).length,
    certain: problems.filter(({ certain }) => certain).length,
  }
}
