import type { Estimate } from '../result'

/** A quantile and what bounds it. */
export interface BoundedQuantile {
  readonly value: number
  /** How many standard errors away the bounds are. */
  readonly factor: number
  readonly low: number
  /** null when there are too few values for a bound. */
  readonly high: number | null
}

/**
 * The ratio of two independent quantiles, from the width of both intervals on the log scale; null when one of them has
 * no interval there.
 *
 * @param factor how many standard errors away the bounds of the ratio are
 */
export function quantileRatio(
  base: BoundedQuantile,
  other: BoundedQuantile,
  factor: number,
): Estimate | null {
  if (![base, other].every(({ low, high }) => low > 0 && high !== null)) return null
  const error = (one: BoundedQuantile) => Math.log(one.high! / one.low) / 2 / one.factor
  const half = factor * Math.hypot(error(base), error(other))
  const value = other.value / base.value
  return { value, low: value * Math.exp(-half), high: value * Math.exp(half) }
}
