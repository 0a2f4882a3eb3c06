import { benjaminiHochberg } from '../infer/benjamini-hochberg'
import { normalQuantile, normalTwoSided } from '../infer/distributions'
import { wilson } from '../infer/proportion'
import type {
  Estimate,
  LatencyResult,
  LostConversions,
  PartCosts,
  PartProblem,
  Problem,
  Ranking,
} from '../result'
import type { Worth } from './lost-conversions'
import { worth } from './lost-conversions'

const LEVEL = 0.05
const Z = normalQuantile(0.975)

/** How probable a loss or gain of this size is if there is none. */
function pOf({ value, low, high }: Estimate): number {
  const error = (high - low) / (2 * Z)
  return error > 0 ? normalTwoSided(value / error) : 1
}

/** Which of many losses are certain, also after a correction for their number. */
function certainIn(losses: readonly Estimate[]) {
  const p = losses.map(pOf)
  const corrected = benjaminiHochberg(p)
  const certain = losses.map(({ value }, at) => value > 0 && corrected[at]! < LEVEL)
  return { p, corrected, certain }
}

/** What a slow step is called among problems. */
export const slowName = ({
  step,
  measure,
  navigationType,
}: Pick<LatencyResult, 'step' | 'measure' | 'navigationType'>) => ({
  key: [step, measure, navigationType].filter(Boolean).join(' '),
  label: [measure, navigationType].filter(Boolean).join(', '),
  kind: 'slow-step' as const,
  service: '',
  steps: [step],
})

type Found = Omit<Problem, 'p' | 'corrected' | 'certain'>

function slowStep({ buckets, lost, ...named }: LatencyResult, journey: Worth): Found {
  const slow = buckets.filter((bucket) => bucket.slow)
  const sum = (of: 'visits' | 'conversions') => slow.reduce((total, bucket) => total + bucket[of], 0)
  const [visits, converted] = [sum('visits'), sum('conversions')]
  return {
    ...slowName(named),
    occurrences: visits,
    runs: visits,
    converted,
    lost: lost!,
    lostValue: worth(lost!, journey.conversions, journey.value),
    recovered: wilson(converted, visits),
  }
}

/**
 * All that may cost conversions in one list, most expensive first. Of many that cost nothing, one in forty seems to
 * cost something when each is looked at alone; so what is certain is certain after a correction for their number.
 */
export function rank(
  latency: readonly LatencyResult[],
  losses: readonly LostConversions[],
  journey: Worth,
): Ranking {
  const found: Found[] = [
    ...losses.map(({ cause: _cause, ...loss }) => loss),
    ...latency.filter(({ lost }) => lost !== null).map((one) => slowStep(one, journey)),
  ]
  const { p, corrected, certain } = certainIn(found.map(({ lost }) => lost))
  const problems = found
    .map(
      (one, at): Problem => ({
        ...one,
        p: p[at]!,
        corrected: corrected[at]!,
        certain: certain[at]!,
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

/** What surely costs the most in each of several parts, corrected for all that was compared in all of them. */
export function costliestIn(parts: readonly PartCosts[]): (PartProblem | null)[] {
  const found = parts.flatMap(({ slow, errors, endpoints }, part) => [
    ...[...errors, ...endpoints].map(({ key, label, kind, service, steps, lost }) => ({
      part,
      problem: { key, label, kind, service, steps, lost },
    })),
    ...slow.flatMap(({ lost, ...named }) => (lost ? [{ part, problem: { ...slowName(named), lost } }] : [])),
  ])
  const { certain } = certainIn(found.map(({ problem }) => problem.lost))
  return parts.map((_, part) => {
    const sure = found.filter((one, at) => one.part === part && certain[at])
    return sure.sort((a, b) => b.problem.lost.value - a.problem.lost.value)[0]?.problem ?? null
  })
}
