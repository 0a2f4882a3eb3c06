import jstat from 'jstat'
import { upperGamma } from './gamma'

/** The value that a standard normal variable stays below with probability `p`. */
export const normalQuantile = (p: number): number => jstat.normal.inv(p, 0, 1)

/** The value that Student's t with `freedom` degrees stays below with probability `p`. */
export const studentQuantile = (p: number, freedom: number): number =>
  Number.isFinite(freedom) ? jstat.studentt.inv(p, freedom) : normalQuantile(p)

/**
 * Probability that Student's t with `freedom` degrees lies further from 0 than `t`. A tail is computed as one: taken
 * from `1 − cdf`, what is below 1e-16 would be 0.
 */
export const studentTwoSided = (t: number, freedom: number): number =>
  Number.isFinite(freedom) ? 2 * jstat.studentt.cdf(-Math.abs(t), freedom) : upperGamma(0.5, t ** 2 / 2)

/** Probability that a standard normal variable lies further from 0 than `z`. */
export const normalTwoSided = (z: number): number => upperGamma(0.5, z ** 2 / 2)

/** Probability that chi-square with `freedom` degrees exceeds `x`. */
export const chiSquareTail = (x: number, freedom: number): number => upperGamma(freedom / 2, x / 2)
