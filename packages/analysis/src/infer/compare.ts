import type { Estimate } from '../result'
import { studentQuantile, studentTwoSided } from './distributions'

/** What is known of one group: mean and variance of a metric over `count` independent units. */
export interface Sample {
  readonly count: number
  readonly mean: number
  readonly variance: number
}

/**
 * The sample of a yes/no metric. A sample that is all yes or all no varies all the same: its variance is that of the
 * sample with one yes and one no more (Agresti and Caffo, "Simple and effective confidence intervals for proportions
 * and differences of proportions", The American Statistician 54, 2000); by its own it would be certain of the share
 * after a handful of units.
 */
export function proportionSample(successes: number, count: number): Sample {
  const mean = count ? successes / count : 0
  const varied = mean === 0 || mean === 1 ? (successes + 1) / (count + 2) : mean
  return { count, mean, variance: varied * (1 - varied) }
}

/** The sample of a metric known by its sum and sum of squares. */
export function meanSample(sum: number, sumOfSquares: number, count: number): Sample {
  return { count, mean: sum / count, variance: (sumOfSquares - sum ** 2 / count) / (count - 1) }
}

/** A difference between two samples: its size, its standard error and Welch's degrees of freedom. */
export interface Difference {
  readonly value: number
  readonly standardError: number
  readonly freedom: number
  /** Units in both samples. */
  readonly count: number
}

/**
 * Treatment minus control; relative to the control's mean by the delta method. Null when it cannot be told:
 * an empty sample, no variation, or a control mean of 0 (relative).
 */
export function difference(control: Sample, treatment: Sample, relative: boolean): Difference | null {
  const errorOf = ({ variance, count }: Sample) => variance / count
  const [a, b] = [errorOf(control), errorOf(treatment)]
  const absolute = Math.sqrt(a + b)
  const scale = relative ? Math.abs(control.mean) : 1
  if (control.count < 2 || treatment.count < 2 || !(absolute > 0) || scale === 0) return null
  const standardError = relative
    ? Math.sqrt(b / control.mean ** 2 + (a * treatment.mean ** 2) / control.mean ** 4)
    : absolute
  return {
    value: (treatment.mean - control.mean) / scale,
    standardError,
    freedom: (a + b) ** 2 / (a ** 2 / (control.count - 1) + b ** 2 / (treatment.count - 1)),
    count: control.count + treatment.count,
  }
}

/** Two-sided p-value of no difference (Welch's t-test). */
export const pValue = ({ value, standardError, freedom }: Difference): number =>
  studentTwoSided(value / standardError, freedom)

/** The interval to look at once, at a time fixed beforehand. */
export function fixedInterval(difference: Difference, alpha = 0.05): Estimate {
  const half = studentQuantile(1 - alpha / 2, difference.freedom) * difference.standardError
  return { value: difference.value, low: difference.value - half, high: difference.value + half }
}

/** Sample size at which the sequential interval is narrowest compared with the fixed one; GrowthBook's default. */
const TUNED_FOR = 5000

/** The `nρ²` of an always-valid interval of `count` units: what stands for its time. */
export function intrinsicTime(count: number, alpha: number): number {
  return (count * (-2 * Math.log(alpha) + Math.log(-2 * Math.log(alpha) + 1))) / TUNED_FOR
}

/** Half width of the always-valid interval, in standard errors. */
export function sequentialFactor(count: number, alpha = 0.05): number {
  const time = intrinsicTime(count, alpha)
  return Math.sqrt(((2 * (time + 1)) / time) * Math.log(Math.sqrt(time + 1) / alpha))
}

/**
 * Distance of the always-valid bound on one side, in standard errors: the one-sided normal mixture of Howard, Ramdas,
 * McAuliffe and Sekhon, "Time-uniform, nonparametric, nonasymptotic confidence sequences", The Annals of Statistics 49,
 * 2021, with the variance estimated as in `sequentialInterval`.
 *
 * Why it holds: for a sum of variance V that is z standard errors above its mean, let t = Vρ² and y = z √(t / (t + 1)).
 * The martingales exp(λS − λ²V/2), mixed over a half-normal λ > 0 of variance ρ², make 2 Φ(y) exp(y²/2) / √(t + 1),
 * which ever reaches 1/α with probability α at most. Beyond the bound, where exp(y²/2) > 1 + √(t + 1) / 2α, it has
 * reached it, since exp(y²/2) (1 − Φ(y)) < 1.
 */
export function oneSidedFactor(count: number, alpha = 0.05): number {
  const time = intrinsicTime(count, 2 * alpha)
  return Math.sqrt(((2 * (time + 1)) / time) * Math.log(1 + Math.sqrt(time + 1) / (2 * alpha)))
}

/**
 * The interval to look at as often as one likes: an asymptotic confidence sequence
 * (Waudby-Smith et al., "Time-uniform central limit theory and asymptotic confidence sequences", 2021).
 */
export function sequentialInterval(difference: Difference, alpha = 0.05): Estimate {
  const half = sequentialFactor(difference.count, alpha) * difference.standardError
  return { value: difference.value, low: difference.value - half, high: difference.value + half }
}

/**
 * The always-valid p-value that belongs to `sequentialInterval`: the level at which the interval just reaches 0
 * (Johari et al., "Always valid inference", Operations Research 70, 2022, on this duality). It is below `alpha`
 * exactly when the interval at `alpha` excludes 0.
 */
export function sequentialP({ value, standardError, count }: Difference, alpha = 0.05): number {
  const time = intrinsicTime(count, alpha)
  const z2 = (value / standardError) ** 2
  return Math.min(1, Math.sqrt(time + 1) * Math.exp((-z2 * time) / (2 * (time + 1))))
}
