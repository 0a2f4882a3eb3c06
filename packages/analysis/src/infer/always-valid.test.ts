import jstat from 'jstat'
import { expect, it } from 'vitest'
import type { Estimate } from '../result'
import { randomFrom } from '../testing'
import { intrinsicTime, oneSidedFactor } from './compare'
import { normalQuantile } from './distributions'
import type { BoundedQuantile } from './quantile-ratio'
import { quantileRatio } from './quantile-ratio'
import { shareRatio } from './ratio'

// The bounds that guardrails use while people look early: of 2,000 experiments that are looked at again and again,
// those whose bound ever excludes the truth.

const ALPHA = 0.05
const EXPERIMENTS = 2000
const UNITS = 5000
/** Three standard errors of a share of 2,000 experiments. */
const MARGIN = 3 * Math.sqrt((ALPHA * (1 - ALPHA)) / EXPERIMENTS)
/** A look at each time that is a tenth later than the last. */
const LOOKS = Array.from({ length: 60 }, (_, at) => Math.round(20 * 1.1 ** at)).filter((n) => n <= UNITS)

const FACTORS = {
  always: (units: number) => oneSidedFactor(units, ALPHA),
  /** Of a time fixed beforehand. */
  once: () => normalQuantile(1 - ALPHA),
}

/** Whether the bounds, so many standard errors away, exclude the truth. */
type Excludes = (factor: (units: number) => number) => { readonly low: boolean; readonly high: boolean }

/** The share of experiments of which a look finds the truth excluded, below and above. */
function excluded(begin: (random: () => number) => (units: number) => Excludes) {
  const random = randomFrom(14)
  const found = { always: { low: 0, high: 0 }, once: { low: 0, high: 0 } }
  for (let number = 0; number < EXPERIMENTS; number++) {
    const look = begin(random)
    const ever = { always: { low: false, high: false }, once: { low: false, high: false } }
    for (const units of LOOKS) {
      const excludes = look(units)
      for (const kind of ['always', 'once'] as const) {
        const { low, high } = excludes(FACTORS[kind])
        ever[kind].low ||= low
        ever[kind].high ||= high
      }
    }
    for (const kind of ['always', 'once'] as const)
      for (const side of ['low', 'high'] as const) found[kind][side] += Number(ever[kind][side]) / EXPERIMENTS
  }
  return found
}

const without1 = (ratio: Estimate | null) => ({
  low: ratio !== null && ratio.low > 1,
  high: ratio !== null && ratio.high < 1,
})

/** Two groups with the same share of successes, one unit after the other. */
const shares = (share: number) =>
  excluded((random) => {
    const groups: [[number, number], [number, number]] = [
      [0, 0],
      [0, 0],
    ]
    let seen = 0
    return (units) => {
      for (; seen < units; seen++) {
        const group = groups[seen % 2]!
        if (random() < share) group[0]++
        group[1]++
      }
      return (factor) => without1(shareRatio(groups[0], groups[1], factor(units)))
    }
  })

/** Times that are skewed as loading times are, of median 1, in order of size; more of them at each look. */
function times(random: () => number) {
  const all = new Float64Array(UNITS)
  let seen = 0
  return (count: number) => {
    for (; seen < count; seen++)
      all[seen] = Math.exp(Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random()))
    return all.subarray(0, count).sort()
  }
}
const P75 = Math.exp(normalQuantile(0.75))

/** As guardrail-quantile.sql has it. */
function bounded(sorted: Float64Array, factor: number): BoundedQuantile {
  const spread = factor * Math.sqrt(sorted.length * 0.1875)
  const [low, high] = [
    Math.floor(sorted.length * 0.75 - spread),
    Math.ceil(sorted.length * 0.75 + spread) + 1,
  ]
  return {
    value: sorted[Math.round(sorted.length * 0.75)]!,
    factor,
    low: low >= 1 ? sorted[low - 1]! : 0,
    high: high <= sorted.length ? sorted[high - 1]! : null,
  }
}

const quantiles = () =>
  excluded((random) => {
    const grow = times(random)
    return (units) => {
      const sorted = grow(units)
      return (factor) => {
        const { low, high } = bounded(sorted, factor(units))
        return { low: low > P75, high: high !== null && high < P75 }
      }
    }
  })

const ratios = () =>
  excluded((random) => {
    const groups = [times(random), times(random)]
    return (units) => {
      const [base, other] = groups.map((grow) => grow(Math.round(units / 2)))
      return (factor) => {
        const own = (sorted: Float64Array) => bounded(sorted, factor(sorted.length))
        return without1(quantileRatio(own(base!), own(other!), factor(units)))
      }
    }
  })

it('reaches a level that the mixture of martingales reaches in at most one of twenty', () => {
  for (const units of [10, 100, 1000, 5000, 100_000, 10_000_000]) {
    const t = intrinsicTime(units, 2 * ALPHA)
    const mixture = (z: number) => {
      const y = z * Math.sqrt(t / (t + 1))
      return (2 * jstat.normal.cdf(y, 0, 1) * Math.exp(y ** 2 / 2)) / Math.sqrt(t + 1)
    }
    const bound = oneSidedFactor(units, ALPHA)
    expect(mixture(bound)).toBeGreaterThan(1 / ALPHA)
    // It gives little away.
    expect(mixture(bound * 0.98)).toBeLessThan(1 / ALPHA)
  }
})

it.each([
  ['shares of one in three', () => shares(1 / 3)],
  ['rare shares', () => shares(0.03)],
  ['a 75th percentile', quantiles],
  ['the ratio of two 75th percentiles', ratios],
] as const)(
  'exclude the truth about %s in at most one of twenty experiments',
  { timeout: 120_000 },
  (_, simulate) => {
    const { always, once } = simulate()
    expect(always.low).toBeLessThanOrEqual(ALPHA + MARGIN)
    expect(always.high).toBeLessThanOrEqual(ALPHA + MARGIN)
    // The bounds of a time fixed beforehand do not stand so many looks.
    expect(once.low).toBeGreaterThan(ALPHA + MARGIN)
    expect(once.high).toBeGreaterThan(ALPHA + MARGIN)
  },
)
