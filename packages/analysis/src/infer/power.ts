import type { Estimate } from '../result'
import { proportionSample, sequentialFactor } from './compare'
import { normalQuantile } from './distributions'

/**
 * Units per group at which an absolute effect on a share is told from none with 80 % power.
 *
 * @param base the control's share
 * @param effect absolute, not 0
 * @param sequential whether the always-valid interval decides, which needs more
 */
export function neededPerGroup(base: number, effect: number, sequential: boolean, alpha = 0.05): number {
  const treated = Math.min(1, Math.max(0, base + effect))
  const variance = proportionSample(base, 1).variance + treated * (1 - treated)
  const shortBy = (count: number) => {
    const factor = sequential ? sequentialFactor(2 * count, alpha) : normalQuantile(1 - alpha / 2)
    return (factor + normalQuantile(0.8)) * Math.sqrt(variance / count) - Math.abs(effect)
  }
  let [low, high] = [1, 2]
  while (shortBy(high) > 0) [low, high] = [high, high * 2]
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2)
    if (shortBy(middle) > 0) low = middle
    else high = middle
  }
  return high
}

/** More than this is no advice. */
const MOST = 1e7

/**
 * How many more units per group until a bound of a measurement would just be inside (or beyond) a limit, if the
 * measurement stays and the interval narrows with the root of the number of units. Null when the measurement is at the
 * limit, or has no such bound.
 *
 * @param count units per group so far
 */
export function neededForBound(count: number, { value, low, high }: Estimate, limit: number): number | null {
  const half = value > limit ? value - low : high - value
  const total = count * (half / (value - limit)) ** 2
  return Number.isFinite(total) && total < MOST ? Math.max(1, Math.ceil(total - count)) : null
}
