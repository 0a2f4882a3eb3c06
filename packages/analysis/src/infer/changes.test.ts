import { describe, expect, it } from 'vitest'
import { randomFrom } from '../testing'
import { benjaminiHochberg } from './benjamini-hochberg'
import { riskDifference } from './risk-difference'
import type { Hour } from './shortfall'
import { shortfall } from './shortfall'
import { differenceOf } from './square-and-add'
import type { Stratum } from './strata'

const stratum = (
  exposed: number,
  exposedConversions: number,
  others: number,
  otherConversions: number,
): Stratum => ({
  exposed,
  exposedConversions,
  others,
  otherConversions,
})

/** A binomial count. */
const draw = (random: () => number, trials: number, share: number) => {
  let found = 0
  for (let trial = 0; trial < trials; trial++) if (random() < share) found++
  return found
}

/** A Poisson count (Knuth). */
function poisson(random: () => number, mean: number): number {
  const limit = Math.exp(-mean)
  let count = 0
  for (let product = random(); product > limit; product *= random()) count++
  return count
}

describe('benjaminiHochberg', () => {
  it('corrects the fifteen p-values of the paper as it does', () => {
    // Benjamini and Hochberg 1995, section 3.2: at 0.05, four hypotheses are rejected; Bonferroni rejects three.
    const published = [
      0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.324, 0.4262, 0.5719, 0.6528,
      0.759, 1,
    ]
    const corrected = benjaminiHochberg(published)
    expect(corrected.filter((p) => p <= 0.05)).toHaveLength(4)
    expect(corrected[3]).toBeCloseTo((0.0095 * 15) / 4, 12)
    // Never smaller than the one before, and as it was given in any order.
    expect(corrected).toEqual([...corrected].sort((a, b) => a - b))
    expect(benjaminiHochberg([...published].reverse())).toEqual([...corrected].reverse())
  })

  it('keeps the share of false discoveries at most at the level', () => {
    const random = randomFrom(1)
    let share = 0
    for (let round = 0; round < 2000; round++) {
      // Of fifty, ten are real and easy to see.
      const p = Array.from({ length: 50 }, (_, at) => (at < 10 ? random() ** 12 : random()))
      const found = benjaminiHochberg(p).map((one) => one < 0.05)
      const all = found.filter(Boolean).length
      share += all ? found.slice(10).filter(Boolean).length / all / 2000 : 0
    }
    expect(share).toBeLessThan(0.05)
    expect(share).toBeGreaterThan(0.03)
  })
})

describe('riskDifference', () => {
  it('is the plain difference where there is one stratum', () => {
    const found = riskDifference([stratum(200, 60, 300, 60)])!
    expect(found.value).toBeCloseTo(0.1, 12)
    const error = Math.sqrt((0.3 * 0.7) / 200 + (0.2 * 0.8) / 300)
    expect((found.high - found.low) / 2 / 1.959964 / error).toBeCloseTo(1, 2)
  })

  it('sees no change where only the mix of strata changed', () => {
    // Mondays convert 10 %, Sundays 50 %: more runs on Sundays are no improvement.
    const found = riskDifference([stratum(100, 10, 900, 90), stratum(900, 450, 100, 50)])!
    expect(found.value).toBeCloseTo(0, 12)
    expect(found.low).toBeLessThan(0)
  })

  it('has no strata to compare, or an interval also where nobody converted', () => {
    expect(riskDifference([stratum(10, 1, 0, 0), stratum(0, 0, 10, 1)])).toBeNull()
    const none = riskDifference([stratum(50, 0, 50, 0)])!
    expect(none.value).toBe(0)
    expect(none.high).toBeGreaterThan(0.01)
  })

  it.each([
    ['few large strata', 6, 300],
    ['many small ones', 150, 4],
  ])('holds the truth in 95 of 100 cases (%s)', (_, strata, size) => {
    const random = randomFrom(7)
    let held = 0
    const rounds = 1500
    for (let round = 0; round < rounds; round++) {
      const found = riskDifference(
        Array.from({ length: strata }, (_none, at) => {
          const base = 0.1 + (0.5 * at) / strata
          const [n1, n0] = [1 + Math.floor(random() * 2 * size), 1 + Math.floor(random() * 2 * size)]
          return stratum(n1, draw(random, n1, base + 0.06), n0, draw(random, n0, base))
        }),
      )!
      if (found.low <= 0.06 && found.high >= 0.06) held++
    }
    expect(held / rounds).toBeGreaterThan(0.935)
    expect(held / rounds).toBeLessThan(0.97)
  })
})

describe('shortfall', () => {
  const hour = (stratum: string, sum: number, length = 1): Hour => ({ stratum, length, sum, squares: sum })

  it('expects what alike hours had', () => {
    const usual = [hour('Mon 10', 40), hour('Mon 10', 60), hour('Mon 11', 10), hour('Mon 11', 10)]
    const found = shortfall(usual, [hour('Mon 10', 5), hour('Mon 11', 3, 0.5)])!
    expect(found).toMatchObject({ expected: 55, observed: 8 })
    expect(found.missing.value).toBe(47)
    expect(found.missing.low).toBeGreaterThan(0)
    expect(shortfall(usual, [hour('Tue 10', 5)])).toBeNull()
    expect(shortfall(usual, [])).toBeNull()
  })

  it.each([
    ['as by chance', 1],
    ['three times as much', 3],
  ])('holds the truth in 95 of 100 cases (hours vary %s)', (_, dispersion) => {
    const random = randomFrom(11)
    let held = 0
    const rounds = 1000
    for (let round = 0; round < rounds; round++) {
      // Clumps of `dispersion` events make counts vary as many times as much as chance does.
      const count = (mean: number) => dispersion * poisson(random, mean / dispersion)
      const level = (at: number) => 20 + 10 * Math.sin((2 * Math.PI * at) / 24)
      const usual = Array.from({ length: 24 * 13 }, (_none, at) => hour(`${at % 24}`, count(level(at % 24))))
      const during = [10, 11, 12].map((at) => hour(`${at}`, count(0.3 * level(at))))
      const truth = 0.7 * [10, 11, 12].reduce((sum, at) => sum + level(at), 0)
      const { missing } = shortfall(usual, during)!
      if (missing.low <= truth && missing.high >= truth) held++
    }
    expect(held / rounds).toBeGreaterThan(0.94)
  })
})

it('differenceOf takes each bound from the sides that make it', () => {
  const found = differenceOf({ value: 10, low: 7, high: 12 }, { value: 4, low: 3, high: 8 })
  expect(found).toEqual({ value: 6, low: 6 - 5, high: 6 + Math.sqrt(5) })
})
