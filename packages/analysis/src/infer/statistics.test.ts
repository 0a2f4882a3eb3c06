import { describe, expect, it } from 'vitest'
import { randomFrom } from '../testing'
import {
  difference,
  fixedInterval,
  meanSample,
  proportionSample,
  pValue,
  sequentialInterval,
} from './compare'
import { neededPerGroup } from './power'
import { wilson } from './proportion'
import { shareRatio } from './ratio'
import { sampleRatio } from './sample-ratio'
import { lostConversions, oddsRatio, pooled } from './strata'

describe('published GrowthBook vectors', () => {
  const control = meanSample(1396.87, 52377.9767, 3407)
  const treatment = meanSample(2422.7, 134698.29, 3461)

  it('gives the frequentist test of two means', () => {
    const relative = difference(control, treatment, true)!
    expect(relative.value).toBeCloseTo(0.70732, 5)
    const { low, high } = fixedInterval(relative)
    expect(low).toBeCloseTo(-0.03526, 5)
    expect(high).toBeCloseTo(1.44989, 5)
    expect(pValue(relative)).toBeCloseTo(0.06191, 5)
    expect(pValue(difference(control, treatment, false)!)).toBeCloseTo(0.02016, 5)
  })

  it('gives the test of two small proportions', () => {
    const both = [proportionSample(14, 28), proportionSample(16, 30)] as const
    expect(pValue(difference(both[0], both[1], true)!)).toBeCloseTo(0.80707, 5)
  })

  it('gives the sequential interval', () => {
    const relative = difference(proportionSample(1396, 3000), proportionSample(2422, 3461), true)!
    const { low, high } = sequentialInterval(relative)
    expect(low).toBeCloseTo(0.40098, 5)
    expect(high).toBeCloseTo(0.60675, 5)
  })

  it('gives the sample-ratio test', () => {
    expect(sampleRatio([1000, 1200], [0.5, 0.5])).toBeCloseTo(0.000020079, 9)
    expect(sampleRatio([310, 98], [0.75, 0.25])).toBeCloseTo(0.647434186, 8)
    expect(sampleRatio([500, 500, 600], [0.34, 0.33, 0.33])).toBeCloseTo(0.000592638, 9)
  })
})

it('gives the published PostHog comparison', () => {
  const relative = difference(proportionSample(87, 1529), proportionSample(62, 1471), true)!
  expect(relative.value).toBeCloseTo(-0.25926, 5)
  expect(pValue(relative)).toBeCloseTo(0.03096, 5)
})

describe('strata', () => {
  // Agresti, "Categorical Data Analysis", table 2.6: death penalty verdicts by defendant's race, within victim's race.
  const strata = [
    { exposed: 467, exposedConversions: 53, others: 48, otherConversions: 11 },
    { exposed: 16, exposedConversions: 0, others: 143, otherConversions: 4 },
  ]

  it('turns the crude odds ratio around within strata', () => {
    expect(oddsRatio([pooled(strata)])!.value).toBeCloseTo(1.45, 2)
    expect(oddsRatio(strata)!.value).toBeLessThan(0.5)
  })

  it('gives Woolf’s interval for one stratum', () => {
    const [a, b, c, d] = [53, 414, 11, 37]
    const { value, low, high } = oddsRatio(strata.slice(0, 1))!
    const half = 1.959964 * Math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
    expect(value).toBeCloseTo((a * d) / (b * c), 9)
    expect(low).toBeCloseTo(value * Math.exp(-half), 5)
    expect(high).toBeCloseTo(value * Math.exp(half), 5)
  })

  it('covers the truth of lost conversions 95 times in a hundred', () => {
    const random = randomFrom(1)
    const draw = (count: number, share: number) =>
      Array.from({ length: count }, random).filter((x) => x < share).length
    const crowds = [
      { exposed: 90, others: 400, base: 0.8 },
      { exposed: 300, others: 500, base: 0.4 },
      { exposed: 3, others: 20, base: 0.9 },
    ]
    const truth = crowds.reduce((sum, { exposed, base }) => sum + exposed * base * 0.3, 0)
    const covered = Array.from({ length: 500 }, () => {
      const { low, high } = lostConversions(
        crowds.map(({ exposed, others, base }) => ({
          exposed,
          others,
          exposedConversions: draw(exposed, base * 0.7),
          otherConversions: draw(others, base),
        })),
      )!
      return low < truth && truth < high
    }).filter(Boolean).length
    expect(covered / 500).toBeGreaterThan(0.93)
    expect(covered / 500).toBeLessThan(0.98)
  })
})

describe('the ratio of two shares', () => {
  it('gives Koopman’s published interval', () => {
    const { value, low, high } = shareRatio([16, 80], [36, 40])!
    expect(value).toBeCloseTo(4.5, 9)
    expect(low).toBeCloseTo(2.94, 2)
    expect(high).toBeCloseTo(7.15, 2)
  })

  it('is the same whichever share is the base', () => {
    for (const [base, other] of [
      [
        [5, 56],
        [3, 29],
      ],
      [
        [1, 40],
        [38, 40],
      ],
      [
        [10, 10],
        [10, 10],
      ],
      [
        [999, 1000],
        [1, 1000],
      ],
    ] as [[number, number], [number, number]][]) {
      const [there, back] = [shareRatio(base, other)!, shareRatio(other, base)!]
      expect(there.low * back.high).toBeCloseTo(1, 6)
      expect(there.high * back.low).toBeCloseTo(1, 6)
      expect(there.low).toBeLessThan(there.value)
      expect(there.high).toBeGreaterThan(there.value)
    }
  })

  it('reaches up from 0 where there is no success, the less the more trials; and knows nothing of nothing', () => {
    const highs = [20, 100, 500, 2500].map((trials) => shareRatio([trials / 5, trials], [0, trials])!.high)
    expect(highs).toEqual(highs.toSorted((a, b) => b - a))
    expect(highs[0]).toBeGreaterThan(0.5)
    expect(highs[3]).toBeLessThan(0.02)
    expect(shareRatio([20, 100], [0, 100])).toMatchObject({ value: 0, low: 0 })
    expect(shareRatio([0, 100], [20, 100])).toMatchObject({ high: Number.POSITIVE_INFINITY })
    expect(shareRatio([0, 100], [20, 100])!.low).toBeGreaterThan(1)
    expect(shareRatio([0, 100], [0, 100])).toBeNull()
    expect(shareRatio([0, 0], [1, 2])).toBeNull()
  })

  it('covers the truth 95 times in a hundred, also where samples without a success are common', () => {
    const random = randomFrom(7)
    const successes = (share: number, trials: number) =>
      Array.from({ length: trials }, () => random()).filter((draw) => draw < share).length
    for (const [base, ratio] of [
      [0.05, 0.3],
      [0.05, 1],
      [0.2, 0.5],
    ] as const) {
      let [covered, told, without] = [0, 0, 0]
      for (let round = 0; round < 2000; round++) {
        const other = successes(base * ratio, 200)
        const found = shareRatio([successes(base, 200), 200], [other, 200])
        if (!found) continue
        told++
        without += Number(other === 0)
        covered += Number(found.low <= ratio && ratio <= found.high)
      }
      if (ratio === 0.3) expect(without).toBeGreaterThan(50)
      expect(covered / told).toBeGreaterThan(0.935)
      expect(covered / told).toBeLessThan(0.97)
    }
  })
})

it('is not certain of a share because a few units all agree', () => {
  const relative = difference(proportionSample(2, 10), proportionSample(0, 10), true)!
  expect(relative.value).toBe(-1)
  expect(fixedInterval(relative).high).toBeGreaterThan(-0.2)
  expect(sequentialInterval(relative).high).toBeGreaterThan(1)
  expect(difference(proportionSample(0, 10), proportionSample(0, 10), true)).toBeNull()
  const sure = difference(proportionSample(1000, 5000), proportionSample(0, 5000), true)!
  expect(sequentialInterval(sure).high).toBeLessThan(-0.9)
})

it('gives Wilson’s interval', () => {
  // Newcombe, "Two-sided confidence intervals for the single proportion" (1998), table I.
  const { low, high } = wilson(81, 263)
  expect(low).toBeCloseTo(0.2553, 4)
  expect(high).toBeCloseTo(0.3662, 4)
  expect(wilson(0, 20).high).toBeCloseTo(0.1611, 4)
  expect(wilson(0, 0)).toEqual({ value: 0, low: 0, high: 1 })
})

it('asks for as many as the textbook formula, and for more when the interval is always valid', () => {
  // (1.96 + 0.8416)² × (0.2 × 0.8 + 0.25 × 0.75) / 0.05² = 1,091
  expect(neededPerGroup(0.2, 0.05, false)).toBeGreaterThan(1088)
  expect(neededPerGroup(0.2, 0.05, false)).toBeLessThan(1094)
  expect(neededPerGroup(0.2, 0.05, true)).toBeGreaterThan(1500)
})
