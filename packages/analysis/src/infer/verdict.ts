import type { Hypothesis } from '@throughline/core'
import { count, declared, duration, percent, plural, probability, withInterval } from '../format'
import type { Comparison, GuardrailResult, HypothesisResult, Verdict } from '../result'
import { effectOf, INTERVAL_NAMES } from './effect'

/** Below this the sample ratio is no accident (as in GrowthBook and in Fabijan et al., KDD 2019). */
export const SAMPLE_RATIO_ALPHA = 0.001
/** Above this share of subjects with several variants the assignment is broken (as in GrowthBook). */
const MULTIPLE_VARIANTS_AT_MOST = 0.01

/** What a verdict is made from. */
export interface Evidence {
  readonly hypothesis: Hypothesis
  /** How long a subject may still convert, in ms. */
  readonly within: number
  readonly subjects: number
  readonly sampleRatio: HypothesisResult['sampleRatio']
  readonly leftOut: HypothesisResult['leftOut']
  readonly comparisons: readonly Comparison[]
  readonly guardrails: readonly GuardrailResult[]
  readonly decidedBy: 'sequential' | 'fixed'
  readonly stillNeeded: number | null
}

function problems({ hypothesis, subjects, sampleRatio, leftOut }: Evidence): string[] {
  const met = subjects + leftOut.multipleVariants + leftOut.immature
  const found: string[] = []
  if (!sampleRatio.ok)
    found.push(
      `The variants' subjects are not split as declared (${hypothesis.weights.map((share) => declared(percent(share))).join(' / ')}): ${probability(sampleRatio.p)}. Some subjects are lost or assigned wrongly, so no comparison can be believed.`,
    )
  if (leftOut.multipleVariants > MULTIPLE_VARIANTS_AT_MOST * met)
    found.push(
      `${count(leftOut.multipleVariants)} of ${count(met)} subjects met more than one variant (at most ${declared(percent(MULTIPLE_VARIANTS_AT_MOST))} can be put up with): the assignment does not stick.`,
    )
  return found
}

/** Why there is nothing to compare yet. */
function whatIsMissing({ subjects, leftOut: { immature }, within }: Evidence): string {
  if (subjects)
    return 'Conversions do not vary yet, or a variant has too few subjects, so nothing can be compared.'
  if (immature)
    return `${plural(immature, 'subject')} met a variant less than ${duration(within)} ago and may still convert: they count once that time has passed.`
  return 'No subject that can be counted has met a variant yet.'
}

/** How one treatment's interval stands to 0 and to the expected effect, in the expected direction. */
function standing(comparison: Comparison, decidedBy: 'sequential' | 'fixed') {
  const { deciding, expected, expectedValue, write } = effectOf(comparison, decidedBy)
  const { low, high } = deciding
  const [least, most] = expectedValue > 0 ? [low, high] : [-high, -low]
  const interval = `${INTERVAL_NAMES[decidedBy]} `
  return {
    change: `${comparison.variant} changes conversion by ${withInterval(deciding, write, interval)}`,
    expected,
    works: least > 0,
    tooSmall: most < Math.abs(expectedValue),
  }
}

/**
 * The verdict and its reasons, most important first. With several treatments the hypothesis is supported when one of
 * them works (their intervals allow for the number of comparisons) and refuted when all fall short.
 */
export function judge(evidence: Evidence): { verdict: Verdict; reasons: string[] } {
  const { comparisons, guardrails, decidedBy, stillNeeded } = evidence
  const invalid = problems(evidence)
  if (invalid.length) return { verdict: 'invalid', reasons: invalid }
  if (!comparisons.length) return { verdict: 'inconclusive', reasons: [whatIsMissing(evidence)] }

  const treatments = comparisons.map((comparison) => {
    const own = guardrails.filter((guardrail) => guardrail.variant === comparison.variant)
    return { ...standing(comparison, decidedBy), guardrails: own }
  })
  const supported = treatments.find(
    ({ works, guardrails: own }) => works && own.every(({ status }) => status === 'holds'),
  )
  const refuted = !supported && treatments.every(({ tooSmall }) => tooSmall)
  const reasons = treatments.map(({ change, expected, works, tooSmall }) => {
    if (works && tooSmall) return `${change}: an effect, but smaller than expected (${expected}).`
    if (works) return `${change}: an effect in the expected direction.`
    if (tooSmall) return `${change}: the expected ${expected} can be ruled out.`
    return `${change}: neither 0 nor the expected ${expected} can be ruled out.`
  })
  for (const { variant, metric, step, status } of guardrails) {
    const what = `The guardrail on ${metric}${step ? ` at ${step}` : ''} (${variant})`
    if (status === 'violated') reasons.unshift(`${what} is violated.`)
    if (status === 'unknown') reasons.push(`${what} cannot be told yet, which blocks "supported".`)
  }
  if (supported) return { verdict: 'supported', reasons }
  if (refuted) return { verdict: 'refuted', reasons }
  if (stillNeeded)
    reasons.push(`About ${plural(stillNeeded, 'more subject')} per variant are needed to tell.`)
  return { verdict: 'inconclusive', reasons }
}
