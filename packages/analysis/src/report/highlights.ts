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
 * What is worth showing of conversion by latency: readiness first, in the order of the steps, then vitals with a clear
 * association, the most expensive first. `compared` counts all measures that could be compared.
 */
export function informative(latency: readonly LatencyResult[]) {
  const compared = latency.filter((measure) => decidingOdds(measure) !== null)
  const ready = compared.filter(({ measure }) => measure === 'ready')
  const vitals = compared
    .filter((measure) => measure.measure !== 'ready' && isClear(measure))
    .sort((a, b) => (b.lost?.value ?? 0) - (a.lost?.value ?? 0))
  const shown = [...ready, ...vitals]
  return { shown, others: compared.filter((measure) => !shown.includes(measure)), compared: compared.length }
}

/** The error or endpoint that surely costs the most, if any does. */
export function costliest({ errors, endpoints }: JourneyResult): LostConversions | undefined {
  return [...errors, ...endpoints]
    .filter(({ lost }) => lost.low > 0)
    .sort((a, b) => b.lost.value - a.lost.value)[0]
}

/** The step at which most are lost. */
export function biggestDrop(steps: readonly FunnelStep[]): FunnelStep | undefined {
  const [first] = [...steps].sort((a, b) => b.droppedOff - a.droppedOff)
  return first && first.droppedOff > 0 ? first : undefined
}

/** Whether nothing has arrived yet. */
export const isEmpty = ({ journeys, hypotheses }: Result) =>
  journeys.every(({ runs }) => runs === 0) &&
  hypotheses.every(({ variants }) => variants.every(({ subjects }) => subjects === 0))
