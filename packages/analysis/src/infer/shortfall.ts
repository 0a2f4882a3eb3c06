import type { Estimate } from '../result'
import { normalQuantile } from './distributions'

/** What happened in one hour (or a part of one). */
export interface Hour {
  /** Hours that are alike: the same hour of the same day of the week. */
  readonly stratum: string
  /** How much of the hour it is. */
  readonly length: number
  /** How many events there were, or what they add up to. */
  readonly sum: number
  /** The same of their squares; the number of events, if they are only counted. */
  readonly squares: number
}

const Z = normalQuantile(0.975)

interface Level {
  length: number
  sum: number
  squares: number
  hours: number
}

function levelsOf(hours: readonly Hour[]): Map<string, Level> {
  const levels = new Map<string, Level>()
  for (const { stratum, length, sum, squares } of hours) {
    const level = levels.get(stratum) ?? { length: 0, sum: 0, squares: 0, hours: 0 }
    level.length += length
    level.sum += sum
    level.squares += squares
    level.hours++
    levels.set(stratum, level)
  }
  return levels
}

/** How much more hours vary than by chance alone: Pearson's statistic over its degrees of freedom; at least 1. */
function dispersion(hours: readonly Hour[], levels: ReadonlyMap<string, Level>): number {
  let [distance, freedom] = [0, 0]
  for (const level of levels.values()) if (level.squares > 0) freedom += level.hours - 1
  for (const { stratum, length, sum } of hours) {
    const level = levels.get(stratum)!
    if (level.squares === 0) continue
    const share = length / level.length
    distance += (sum - share * level.sum) ** 2 / (share * level.squares)
  }
  return freedom > 0 ? Math.max(1, distance / freedom) : 1
}

/**
 * What was to be expected of some hours by what alike hours had, minus what they had. Counts vary as in a
 * quasi-Poisson model whose dispersion the other hours show, and the expectation has an error of its own: the
 * prediction variance of Farrington, Andrews, Beale and Catchpole, "A statistical algorithm for the early detection
 * of outbreaks of infectious disease", Journal of the Royal Statistical Society A 159, 1996. Sums of amounts are
 * compound: their variance is that of their squares.
 *
 * @param usual the hours that say what is usual
 * @returns null when some hour has none that is alike
 */
export function shortfall(
  usual: readonly Hour[],
  hours: readonly Hour[],
): { expected: number; observed: number; missing: Estimate } | null {
  const levels = levelsOf(usual)
  const asked = levelsOf(hours)
  let [expected, varies, uncertain, observed] = [0, 0, 0, 0]
  for (const [stratum, { length, sum }] of asked) {
    const level = levels.get(stratum)
    if (!level) return null
    const share = length / level.length
    observed += sum
    expected += share * level.sum
    varies += share * level.squares
    uncertain += share ** 2 * level.squares
  }
  if (asked.size === 0) return null
  const one = [...levels.values()].reduce(
    (most, { squares, sum }) => Math.max(most, sum ? squares / sum : 0),
    0,
  )
  const half = Z * Math.sqrt(dispersion(usual, levels) * (Math.max(varies, one ** 2) + uncertain))
  const value = expected - observed
  return { expected, observed, missing: { value, low: value - half, high: value + half } }
}
