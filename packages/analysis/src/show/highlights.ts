import { wilson } from '../infer/proportion'
import type {
  Cause,
  Estimate,
  FunnelStep,
  JourneyResult,
  LatencyResult,
  Problem,
  Ranking,
  Result,
} from '../result'

/** Whether an interval lies wholly on one side of `neutral`. */
export const excludes = ({ low, high }: Estimate, neutral: number) => low > neutral || high < neutral

/** The odds ratio that counts: within strata if there are any. */
export const decidingOdds = ({ adjusted, crude }: LatencyResult) => adjusted ?? crude

const isClear = (measure: LatencyResult) => {
  const ratio = decidingOdds(measure)
  return ratio !== null && excludes(ratio, 1)
}

/**
 * What is worth showing of conversion by latency: what tells something, or answers to a declared target. Readiness
 * first, in the order of the steps, then vitals, the most expensive first. `compared` counts all that could be
 * compared.
 */
export function informative(latency: readonly LatencyResult[]) {
  const compared = latency.filter((measure) => decidingOdds(measure) !== null)
  const telling = compared.filter((one) => isClear(one) || one.threshold.source === 'declared')
  const vitals = telling
    .filter(({ measure }) => measure !== 'ready')
    .sort((a, b) => (b.lost?.value ?? 0) - (a.lost?.value ?? 0))
  const shown = [...telling.filter(({ measure }) => measure === 'ready'), ...vitals]
  return { shown, others: compared.filter((measure) => !shown.includes(measure)), compared: compared.length }
}

/** The largest of each step's measures of slowness: they are of the same visits. */
function once(problems: readonly Problem[]): Problem[] {
  const steps = new Set<string>()
  return problems.filter(({ kind, steps: [step] }) => {
    if (kind !== 'slow-step') return true
    const isNew = !steps.has(step!)
    steps.add(step!)
    return isNew
  })
}

/** What surely costs conversions, and what may cost none. */
export function certainLosses({ problems }: Ranking) {
  return {
    certain: once(problems.filter(({ certain }) => certain)),
    others: problems.filter(({ certain }) => !certain),
  }
}

/** Of those that may cost none, how many are named all the same. */
const NAMED = 3

/**
 * The most frequent errors whose cost is not certain, so that some are named while there is too little data to tell;
 * none where enough errors are certain.
 */
export function frequentErrors(ranking: Ranking): Problem[] {
  const { certain, others } = certainLosses(ranking)
  const isError = ({ kind }: Problem) => kind === 'error'
  return others
    .filter(isError)
    .sort((a, b) => b.occurrences - a.occurrences || (a.key < b.key ? -1 : 1))
    .slice(0, Math.max(0, NAMED - certain.filter(isError).length))
}

/** Where a problem comes from; undefined where that was not looked up. */
export function causeOf({ errors, endpoints, latency }: JourneyResult, problem: Problem): Cause | undefined {
  if (problem.kind === 'slow-step')
    return latency.find(
      ({ step, measure, navigationType }) =>
        problem.key === [step, measure, navigationType].filter(Boolean).join(' '),
    )?.cause
  return [...errors, ...endpoints].find(
    ({ kind, key, service }) => kind === problem.kind && key === problem.key && service === problem.service,
  )?.cause
}

/** What surely costs the most, if anything does. */
export const costliest = ({ ranking }: JourneyResult): Problem | undefined =>
  certainLosses(ranking).certain[0]

/**
 * The step at which the largest share of those who reached it are lost; by the lower end of its interval, as a step
 * that few reached shows any share by chance.
 */
export function biggestDrop(steps: readonly FunnelStep[]): FunnelStep | undefined {
  const share = ({ droppedOff, reached }: FunnelStep) => wilson(Math.min(droppedOff, reached), reached).low
  const [first] = [...steps].sort((a, b) => share(b) - share(a))
  return first && first.droppedOff > 0 ? first : undefined
}

/** Whether there are runs, of crawlers and tests alone, and they are left out; filters may leave out others. */
export const isOnlySynthetic = (result: Result) =>
  result.synthetic.shown === 'exclude' &&
  result.synthetic.runs > 0 &&
  result.cut.where.length === 0 &&
  isEmpty(result)

/** Whether nothing has arrived yet. */
export const isEmpty = ({ journeys, hypotheses }: Result) =>
  journeys.every(({ runs }) => runs === 0) &&
  hypotheses.every(({ variants }) => variants.every(({ subjects }) => subjects === 0))
