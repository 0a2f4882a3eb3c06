import type { Estimate } from '../result'
import { normalQuantile } from './distributions'

/**
 * A share with its Wilson score interval (Wilson 1927): sound for small counts and shares near 0 and 1.
 * Without trials nothing is known: 0, between 0 and 1.
 *
 * @param level of confidence, two-sided
 */
export function wilson(successes: number, trials: number, level = 0.95): Estimate {
  if (trials === 0) return { value: 0, low: 0, high: 1 }
  const z = normalQuantile((1 + level) / 2)
  const share = successes / trials
  const scale = 1 + z ** 2 / trials
  const centre = (share + z ** 2 / (2 * trials)) / scale
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / trials + z ** 2 / (4 * trials ** 2))
  return { value: share, low: Math.max(0, centre - half), high: Math.min(1, centre + half) }
}
