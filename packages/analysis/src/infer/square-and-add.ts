import type { Estimate } from '../result'

/**
 * The difference of two independent estimates (the first minus the second), from their intervals: Zou and Donner,
 * "Construction of confidence limits about effect measures: a general approach", Statistics in Medicine 27, 2008.
 */
export function differenceOf(one: Estimate, other: Estimate): Estimate {
  const value = one.value - other.value
  return {
    value,
    low: value - Math.hypot(one.value - one.low, other.high - other.value),
    high: value + Math.hypot(one.high - one.value, other.value - other.low),
  }
}
