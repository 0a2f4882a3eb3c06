import jstat from 'jstat'

/**
 * The upper regularised incomplete gamma function Q(a, x), to full relative precision where it is tiny: from `x` above
 * `a + 1` on by its continued fraction (https://dlmf.nist.gov/8.9.E2, evaluated by Lentz's method), below, where it is
 * no tail, as 1 − P(a, x).
 *
 * @param a over 0
 * @param x at least 0
 */
export function upperGamma(a: number, x: number): number {
  if (x < a + 1) return 1 - jstat.lowRegGamma(a, x)
  if (x === Number.POSITIVE_INFINITY) return 0
  let b = x + 1 - a
  let c = Number.POSITIVE_INFINITY
  let d = 1 / b
  let fraction = d
  for (let n = 1; n < 1000; n++) {
    const term = -n * (n - a)
    b += 2
    d = 1 / (term * d + b)
    c = b + term / c
    fraction *= d * c
    if (Math.abs(d * c - 1) < 1e-15) break
  }
  return Math.exp(a * Math.log(x) - x - jstat.gammaln(a)) * fraction
}
