import type { Estimate } from '../result'
import { normalQuantile } from './distributions'
import { wilson } from './proportion'
import { differenceOf } from './square-and-add'
import type { Stratum } from './strata'
import { pooled } from './strata'

const Z = normalQuantile(0.975)

/**
 * The difference of two shares (exposed minus others) within strata: the Mantel-Haenszel estimate with the variance
 * of Sato (Greenland and Robins, Biometrics 41, 1985; Sato, Greenland and Robins, "On the variance estimator for the
 * Mantel-Haenszel risk difference", Biometrics 45, 1989), which is sound for a few large strata and for many small
 * ones. Null when no stratum has both groups.
 */
export function riskDifference(strata: readonly Stratum[]): Estimate | null {
  let [sum, weight, p, q] = [0, 0, 0, 0]
  for (const { exposed: n1, exposedConversions: x1, others: n0, otherConversions: x0 } of strata) {
    if (n1 === 0 || n0 === 0) continue
    const n = n1 + n0
    sum += (x1 * n0 - x0 * n1) / n
    weight += (n1 * n0) / n
    p += (n1 ** 2 * x0 - n0 ** 2 * x1 + (n1 * n0 * (n0 - n1)) / 2) / n ** 2
    q += (x1 * (n0 - x0) + x0 * (n1 - x1)) / (2 * n)
  }
  if (weight === 0) return null
  const value = sum / weight
  const variance = (value * p + q) / weight ** 2
  if (variance > 0) {
    const half = Z * Math.sqrt(variance)
    return { value, low: Math.max(-1, value - half), high: Math.min(1, value + half) }
  }
  // All or none of both: shares that do not vary have an interval all the same.
  const { exposed, exposedConversions, others, otherConversions } = pooled(strata)
  return differenceOf(wilson(exposedConversions, exposed), wilson(otherConversions, others))
}
