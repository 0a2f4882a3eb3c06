import type { Estimate } from '../result'
import { normalQuantile } from './distributions'

/** Of so many, how many: successes, then trials. */
type Share = readonly [successes: number, trials: number]

/** How far two shares are from having the ratio, in standard errors; falls as the ratio grows. */
function scoreOf([y, m]: Share, [x, n]: Share, ratio: number): number {
  // The likeliest share of the base if that were the ratio: the root of a quadratic equation.
  const b = x + m + ratio * (y + n)
  const root = Math.sqrt(Math.max(0, b ** 2 - 4 * ratio * (m + n) * (x + y)))
  const base = (2 * (x + y)) / (b + root)
  const other = Math.min(1, ratio * base)
  const variance = (other * (1 - other)) / n + (ratio ** 2 * base * (1 - base)) / m
  return variance > 0 ? (x / n - (ratio * y) / m) / Math.sqrt(variance) : 0
}

/**
 * The ratio of two independent shares with its asymptotic score interval (Koopman, "Confidence intervals for the
 * ratio of two binomial proportions", Biometrics 40, 1984). Sound where a share is 0 or 1: without a success among
 * `other`, the ratio is 0 and the interval reaches up from it. Without one in the base it has no upper end.
 *
 * @param z how many standard errors away the bounds are
 * @returns null without trials, or without any success: then nothing is known of the ratio
 */
export function shareRatio(base: Share, other: Share, z = normalQuantile(0.975)): Estimate | null {
  const [y, m] = base
  const [x, n] = other
  if (!(m > 0 && n > 0 && x + y > 0)) return null
  /** Where the score has fallen to `to`, by halving the logarithm's range. */
  const bound = (to: number): number => {
    let [low, high] = [-40, 40]
    for (let step = 0; step < 70; step++) {
      const middle = (low + high) / 2
      if (scoreOf(base, other, Math.exp(middle)) > to) low = middle
      else high = middle
    }
    return Math.exp(low)
  }
  return {
    value: x / n / (y / m),
    low: x === 0 ? 0 : bound(z),
    high: y === 0 ? Number.POSITIVE_INFINITY : bound(-z),
  }
}
