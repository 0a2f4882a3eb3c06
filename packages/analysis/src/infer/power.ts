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
