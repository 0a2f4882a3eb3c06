import { expect, it } from 'vitest'
import { chiSquareTail, studentTwoSided } from './distributions'
import { sampleRatio } from './sample-ratio'

it('gives tails that are far below what 1 − cdf can hold', () => {
  // One degree of freedom: erfc(√(x/2)); two: exp(−x/2), exactly.
  expect(chiSquareTail(3.841458820694124, 1)).toBeCloseTo(0.05, 12)
  for (const x of [0.1, 1, 5, 50, 500, 1400])
    expect(chiSquareTail(x, 2) / Math.exp(-x / 2)).toBeCloseTo(1, 12)
  // Four: (1 + x/2) exp(−x/2).
  for (const x of [0.5, 3, 9, 90])
    expect(chiSquareTail(x, 4) / ((1 + x / 2) * Math.exp(-x / 2))).toBeCloseTo(1, 12)
  // 2 × pnorm(−12) and 2 × pnorm(−1.959964), as R has them.
  expect(studentTwoSided(12, Number.POSITIVE_INFINITY) / 3.552964224155357e-33).toBeCloseTo(1, 9)
  expect(studentTwoSided(1.959963984540054, Number.POSITIVE_INFINITY)).toBeCloseTo(0.05, 12)
  expect(chiSquareTail(0, 1)).toBe(1)
})

it('is honest about a split that is no accident', () => {
  // Chi-square is 750² / 5,750 × 2 = 195.7 with one degree of freedom.
  expect(sampleRatio([5000, 6500], [0.5, 0.5])).toBeGreaterThan(0)
  expect(sampleRatio([5000, 6500], [0.5, 0.5])).toBeLessThan(1e-40)
})
