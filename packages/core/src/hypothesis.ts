import { checkHypothesis } from './checks'
import type { Journey } from './journey'

/** What a guardrail watches besides latency. */
export type GuardrailMetric = 'inp' | 'lcp' | 'cls' | 'fcp' | 'ttfb' | 'ready' | 'errors' | 'conversion'

/**
 * Something that must not get worse. Either a limit on the treatment's 75th percentile (`p75AtMost`: ms; CLS: a score),
 * or a limit on the relative change against the control (`relativeAtMost: 0.05` is 5 % more).
 */
export interface Guardrail<Step extends string = string> {
  readonly metric: GuardrailMetric
  readonly step?: Step | undefined
  readonly p75AtMost?: number | undefined
  readonly relativeAtMost?: number | undefined
}

/**
 * The effect that the hypothesis claims: a relative (`+0.1` is 10 % more) or an absolute change (`0.02` is two
 * points).
 */
export type Expectation = { readonly metric: 'conversion' } & (
  | { readonly relative: number; readonly absolute?: never }
  | { readonly absolute: number; readonly relative?: never }
)

/** A falsifiable claim about a journey. Plain data. */
export interface Hypothesis<
  Id extends string = string,
  Variant extends string = string,
  Step extends string = string,
> {
  readonly id: Id
  readonly statement: string
  readonly journey: string
  /** The step at which the variants begin to differ. */
  readonly from?: Step | undefined
  /** The first one is the control. */
  readonly variants: readonly Variant[]
  /** Shares of the subjects, in the order of the variants; they add up to 1. */
  readonly weights: readonly number[]
  readonly expect: Expectation
  readonly guardrails: readonly Guardrail<Step>[]
  /** The flag that assigns the variant. */
  readonly flag: string
  /** ISO 8601: the declared end; from then on the fixed-horizon interval decides. */
  readonly until?: string | undefined
  /** Subjects in all at which the fixed-horizon interval decides. */
  readonly sampleSize?: number | undefined
}

/** What `defineHypothesis` takes besides the id. */
export interface HypothesisOptions<Variant extends string, Steps extends string> {
  /** The claim, in a sentence that can be wrong. */
  statement: string
  journey: Journey<string, Steps>
  from?: NoInfer<Steps>
  variants: readonly Variant[]
  /** Equal shares if left out. */
  weights?: readonly number[]
  expect: Expectation
  guardrails?: readonly Guardrail<NoInfer<Steps>>[]
  /** The hypothesis's id if left out. */
  flag?: string
  until?: string
  sampleSize?: number
}

/**
 * Declares a hypothesis about a journey.
 *
 * @param id matches `/^[a-z0-9][a-z0-9-]{0,47}$/`, as do the names of the variants
 * @throws TypeError that says what to change
 */
export function defineHypothesis<const Id extends string, const Variant extends string, Steps extends string>(
  id: Id,
  options: HypothesisOptions<Variant, Steps>,
): Hypothesis<Id, Variant, Steps> {
  if (__DEV__) checkHypothesis(id, options as never)
  const { journey, variants, weights, guardrails, flag } = options
  return {
    ...options,
    id,
    journey: journey.name,
    weights: weights ?? variants.map(() => 1 / variants.length),
    guardrails: guardrails ?? [],
    flag: flag ?? id,
  }
}
