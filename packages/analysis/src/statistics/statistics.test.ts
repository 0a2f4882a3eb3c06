import { describe, expect, it } from 'vitest'
import {
  difference,
  fixedInterval,
  meanSample,
  proportionSample,
  pValue,
  sequentialInterval,
} from './compare'
import { sampleRatio } from './sample-ratio'

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
