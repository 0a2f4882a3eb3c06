/**
 * p-values corrected for how many were compared: of those below a level, at most that share is expected to be false
 * discoveries. Benjamini and Hochberg, "Controlling the false discovery rate", Journal of the Royal Statistical
 * Society B 57, 1995; as adjusted p-values in Yekutieli and Benjamini, Journal of Statistical Planning and Inference
 * 82, 1999. It holds for independent comparisons and for those that depend on each other positively (Benjamini and
 * Yekutieli, The Annals of Statistics 29, 2001), as an error and the endpoint behind it do.
 *
 * @returns in the order of what was given
 */
export function benjaminiHochberg(pValues: readonly number[]): number[] {
  const order = pValues.map((p, at) => ({ p, at })).sort((a, b) => b.p - a.p)
  const corrected = new Array<number>(pValues.length)
  let least = 1
  order.forEach(({ p, at }, index) => {
    least = Math.min(least, (p * pValues.length) / (pValues.length - index))
    corrected[at] = least
  })
  return corrected
}
