import jstat from 'jstat'

/** The value that a standard normal variable stays below with probability `p`. */
export const normalQuantile = (p: number): number => jstat.normal.inv(p, 0, 1)

/** The value that Student's t with `freedom` degrees stays below with probability `p`. */
export const studentQuantile = (p: number, freedom: number): number =>
  Number.isFinite(freedom) ? jstat.studentt.inv(p, freedom) : normalQuantile(p)

/** Probability that Student's t with `freedom` degrees lies further from 0 than `t`. */
export const studentTwoSided = (t: number, freedom: number): number =>
  Number.isFinite(freedom)
    ? 2 * jstat.studentt.cdf(-Math.abs(t), freedom)
    : 2 * jstat.normal.cdf(-Math.abs(t), 0, 1)

/** Probability that chi-square with `freedom` degrees exceeds `x`. */
export const chiSquareTail = (x: number, freedom: number): number => 1 - jstat.chisquare.cdf(x, freedom)
