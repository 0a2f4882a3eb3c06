import { check, checkName } from './define'
import type { Journey } from './journey'

/** What a guardrail watches besides latency. */
export type GuardrailMetric = 'inp' | 'lcp' | 'cls' | 'fcp' | 'ttfb' | 'ready' | 'errors' | 'conversion'

/**
 * Something that must not get worse. Either a limit on the treatment's 75th percentile (`p75AtMost`: ms; CLS: a score),
 * or a limit on the relative change against the control (`relativeAtMost: 0.05` is 5 % more).
 */
export interface Guardrail<Step extends string = string> {
  readonly metric: GuardrailMetric
  readonly step?: Step
  readonly p75AtMost?: number
  readonly relativeAtMost?: number
}

/** The effect that the hypothesis claims: a relative (`+0.1` is 10 % more) or an absolute change (`0.02` is two points). */
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
  readonly from?: Step
  /** The first one is the control. */
  readonly variants: readonly Variant[]
  /** Shares of the subjects, in the order of the variants; they add up to 1. */
  readonly weights: readonly number[]
  readonly expect: Expectation
  readonly guardrails: readonly Guardrail<Step>[]
  /** The flag that assigns the variant. */
  readonly flag: string
  /** ISO 8601: the declared end; from then on the fixed-horizon interval decides. */
  readonly until?: string
  /** Subjects in all at which the fixed-horizon interval decides. */
  readonly sampleSize?: number
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
  const it = `hypothesis "${id}"`
  checkName(id, it)
  const { journey, variants, from, expect, guardrails = [] } = options
  check(!!journey?.steps, `${it} needs the journey it is about (from defineJourney)`)
  check(!!options.statement, `${it} needs a statement: the claim in one sentence`)
  check(
    Array.isArray(variants) && variants.length > 1,
    `${it} needs at least two variants, the control first`,
  )
  for (const variant of variants) checkName(variant, `a variant of ${it}`)
  check(new Set(variants).size === variants.length, `${it} declares a variant twice: ${variants}`)
  const weights = options.weights ?? variants.map(() => 1 / variants.length)
  const sum = weights.reduce((total, weight) => total + weight, 0)
  check(
    weights.length === variants.length && weights.every((weight) => weight > 0) && Math.abs(sum - 1) < 1e-6,
    `the weights of ${it} are ${weights}; give one above 0 for each variant, adding up to 1`,
  )
  const effect = expect?.relative ?? expect?.absolute
  check(
    expect?.metric === 'conversion' && Number.isFinite(effect) && effect !== 0,
    `${it} needs expect: { metric: 'conversion', relative: 0.1 } (or absolute), with an effect other than 0`,
  )
  const known = (step: string | undefined, what: string) =>
    check(
      step === undefined || journey.steps.some(({ name }) => name === step),
      `${what} of ${it} names "${step}", which is no step of "${journey.name}"`,
    )
  known(from, 'from')
  for (const guardrail of guardrails) {
    known(guardrail.step, 'a guardrail')
    check(
      (guardrail.p75AtMost === undefined) !== (guardrail.relativeAtMost === undefined),
      `a guardrail of ${it} needs either p75AtMost or relativeAtMost`,
    )
  }
  check(!options.until || !Number.isNaN(Date.parse(options.until)), `until of ${it} is no ISO 8601 date`)
  return { ...options, id, journey: journey.name, variants, weights, guardrails, flag: options.flag ?? id }
}
