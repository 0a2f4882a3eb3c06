import { chiSquareTail } from './distributions'

/** Probability of counts at least this far from the declared weights (chi-square); 1 when nobody was counted. */
export function sampleRatio(counts: readonly number[], weights: readonly number[]): number {
  const total = counts.reduce((sum, count) => sum + count, 0)
  if (total === 0) return 1
  const declared = weights.reduce((sum, weight) => sum + weight, 0)
  const distance = counts.reduce((sum, count, index) => {
    const expected = (total * weights[index]!) / declared
    return sum + (count - expected) ** 2 / expected
  }, 0)
  return chiSquareTail(distance, counts.length - 1)
}
