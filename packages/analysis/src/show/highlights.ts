import type { Estimate, FunnelStep, JourneyResult, LatencyResult, LostConversions, Result } from '../result'

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

/** Errors or endpoints that surely cost conversions, and those that may cost none. */
export function certainLosses(problems: readonly LostConversions[]) {
  const certain = problems.filter(({ lost }) => lost.low > 0)
  return { certain, others: problems.filter((problem) => !certain.includes(problem)) }
}

/** Of those that may cost none, how many are named all the same. */
const NAMED = 3

/**
 * The most frequent errors whose cost is not certain, so that some are named while there is too little data to tell;
 * none where enough are certain.
 */
export function frequentErrors(problems: readonly LostConversions[]): LostConversions[] {
  const { certain, others } = certainLosses(problems)
  return others
    .filter(({ kind }) => kind === 'error')
    .sort((a, b) => b.occurrences - a.occurrences || (a.key < b.key ? -1 : 1))
    .slice(0, Math.max(0, NAMED - certain.length))
}

/** The error or endpoint that surely costs the most, if any does. */
export function costliest({ errors, endpoints }: JourneyResult): LostConversions | undefined {
  return certainLosses([...errors, ...endpoints]).certain.sort((a, b) => b.lost.value - a.lost.value)[0]
}

/** The step at which most are lost. */
export function biggestDrop(steps: readonly FunnelStep[]): FunnelStep | undefined {
  const [first] = [...steps].sort((a, b) => b.droppedOff - a.droppedOff)
  return first && first.droppedOff > 0 ? first : undefined
}

/** Whether there are runs, of crawlers and tests alone, and they are left out. */
export const isOnlySynthetic = (result: Result) =>
  result.synthetic.shown === 'exclude' && result.synthetic.runs > 0 && isEmpty(result)

/** Whether nothing has arrived yet. */
export const isEmpty = ({ journeys, hypotheses }: Result) =>
  journeys.every(({ runs }) => runs === 0) &&
  hypotheses.every(({ variants }) => variants.every(({ subjects }) => subjects === 0))
