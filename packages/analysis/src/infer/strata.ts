import type { Estimate } from '../result'
import { normalQuantile } from './distributions'

/** Two groups within one stratum: how many there were and how many converted. */
export interface Stratum {
  readonly exposed: number
  readonly exposedConversions: number
  readonly others: number
  readonly otherConversions: number
}

const Z = normalQuantile(0.975)

/** The sum of strata, for a crude comparison. */
export const pooled = (strata: readonly Stratum[]): Stratum =>
  strata.reduce(
    (sum, stratum) => ({
      exposed: sum.exposed + stratum.exposed,
      exposedConversions: sum.exposedConversions + stratum.exposedConversions,
      others: sum.others + stratum.others,
      otherConversions: sum.otherConversions + stratum.otherConversions,
    }),
    { exposed: 0, exposedConversions: 0, others: 0, otherConversions: 0 },
  )

/**
 * The odds of converting when exposed against when not, within strata: Mantel and Haenszel's estimate (1959) with the
 * interval of Robins, Breslow and Greenland (1986). With one stratum it is the crude odds ratio with Woolf's interval.
 * Null when the strata do not tell.
 */
export function oddsRatio(strata: readonly Stratum[]): Estimate | null {
  let [r, s, pr, psqr, qs] = [0, 0, 0, 0, 0]
  for (const { exposed, exposedConversions: a, others, otherConversions: c } of strata) {
    const [b, d, n] = [exposed - a, others - c, exposed + others]
    if (exposed === 0 || others === 0) continue
    const [R, S] = [(a * d) / n, (b * c) / n]
    const [P, Q] = [(a + d) / n, (b + c) / n]
    r += R
    s += S
    pr += P * R
    psqr += P * S + Q * R
    qs += Q * S
  }
  if (r === 0 || s === 0) return null
  const value = r / s
  const half = Z * Math.sqrt(pr / (2 * r * r) + psqr / (2 * r * s) + qs / (2 * s * s))
  return { value, low: value * Math.exp(-half), high: value * Math.exp(half) }
}

/**
 * Conversions lost by the exposed: what they would have converted at the rate of the others of their stratum, minus
 * what they did (direct standardisation to the exposed). The variance counts both groups' luck, with shares drawn
 * towards a half so that a small group that all converted is not taken for certain. Null when no stratum has both
 * groups.
 */
export function lostConversions(strata: readonly Stratum[]): Estimate | null {
  let [value, variance] = [0, 0]
  const both = strata.filter(({ exposed, others }) => exposed > 0 && others > 0)
  for (const { exposed, exposedConversions, others, otherConversions } of both) {
    const spread = (conversions: number, count: number) => {
      const share = (conversions + 1) / (count + 2)
      return share * (1 - share)
    }
    value += (exposed * otherConversions) / others - exposedConversions
    variance +=
      (exposed ** 2 / others) * spread(otherConversions, others) +
      exposed * spread(exposedConversions, exposed)
  }
  if (!both.length) return null
  const half = Z * Math.sqrt(variance)
  return { value, low: value - half, high: value + half }
}
