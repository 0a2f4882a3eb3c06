import type { Hypothesis } from '@throughline/core'
import type { Comparison, Estimate, GuardrailResult, HypothesisResult, Verdict } from './result'

/** Below this the sample ratio is no accident (as in GrowthBook and in Fabijan et al., KDD 2019). */
export const SAMPLE_RATIO_ALPHA = 0.001
/** Above this share of subjects with several variants the assignment is broken (as in GrowthBook). */
const MULTIPLE_VARIANTS_AT_MOST = 0.01

/** What a verdict is made from. */
export interface Evidence {
  readonly hypothesis: Hypothesis
  readonly subjects: number
  readonly sampleRatio: HypothesisResult['sampleRatio']
  readonly leftOut: HypothesisResult['leftOut']
  readonly comparisons: readonly Comparison[]
  readonly guardrails: readonly GuardrailResult[]
  readonly decidedBy: 'sequential' | 'fixed'
  readonly stillNeeded: number | null
}

const percent = (share: number) => `${(100 * share).toFixed(Math.abs(share) < 0.1 ? 1 : 0)} %`
const signed = (share: number) => `${share > 0 ? '+' : ''}${percent(share)}`
const range = ({ low, high }: Estimate) => `${signed(low)} to ${signed(high)}`

function problems({ hypothesis, subjects, sampleRatio, leftOut }: Evidence): string[] {
  const met = subjects + leftOut.multipleVariants + leftOut.immature
  const found: string[] = []
  if (!sampleRatio.ok)
    found.push(
      `The variants' subjects are not split as declared (${hypothesis.weights.map(percent).join(' / ')}): p = ${sampleRatio.p.toPrecision(2)}. Some subjects are lost or assigned wrongly, so no comparison can be believed.`,
    )
  if (leftOut.multipleVariants > MULTIPLE_VARIANTS_AT_MOST * met)
    found.push(
      `${leftOut.multipleVariants} of ${met} subjects met more than one variant (at most ${percent(MULTIPLE_VARIANTS_AT_MOST)} can be put up with): the assignment does not stick.`,
    )
  return found
}

/** How one treatment's interval stands to 0 and to the expected effect, in the expected direction. */
function standing(hypothesis: Hypothesis, comparison: Comparison, decidedBy: 'sequential' | 'fixed') {
  const { relative, absolute } = hypothesis.expect
  const interval = (relative === undefined ? comparison.absolute : comparison.relative)[decidedBy]
  const expected = (relative ?? absolute)!
  const direction = Math.sign(expected)
  const [low, high] = direction > 0 ? [interval.low, interval.high] : [-interval.high, -interval.low]
  return { interval, expected, works: low > 0, tooSmall: high < Math.abs(expected) }
}

/**
 * The verdict and its reasons, most important first. With several treatments the hypothesis is supported when one of them
 * works (their intervals allow for the number of comparisons) and refuted when all fall short.
 */
export function judge(evidence: Evidence): { verdict: Verdict; reasons: string[] } {
  const { hypothesis, comparisons, guardrails, decidedBy, stillNeeded } = evidence
  const invalid = problems(evidence)
  if (invalid.length) return { verdict: 'invalid', reasons: invalid }
  if (!comparisons.length)
    return {
      verdict: 'inconclusive',
      reasons: [
        evidence.subjects
          ? 'Conversions do not vary yet, or a variant has too few subjects, so nothing can be compared.'
          : 'No subject that can be counted has met a variant yet.',
      ],
    }

  const treatments = comparisons.map((comparison) => {
    const own = guardrails.filter((guardrail) => guardrail.variant === comparison.variant)
    const { interval, expected, works, tooSmall } = standing(hypothesis, comparison, decidedBy)
    return { variant: comparison.variant, interval, expected, works, tooSmall, guardrails: own }
  })
  const supported = treatments.find(
    ({ works, guardrails: own }) => works && own.every(({ status }) => status === 'holds'),
  )
  const refuted = !supported && treatments.every(({ tooSmall }) => tooSmall)
  const kind = decidedBy === 'sequential' ? 'always-valid' : 'fixed-horizon'
  const reasons = treatments.map(({ variant, interval, expected, works, tooSmall }) => {
    const change = `${variant} changes conversion by ${signed(interval.value)} (${kind} interval ${range(interval)})`
    if (works && tooSmall) return `${change}: an effect, but smaller than expected (${signed(expected)}).`
    if (works) return `${change}: an effect in the expected direction.`
    if (tooSmall) return `${change}: the expected ${signed(expected)} can be ruled out.`
    return `${change}: neither 0 nor the expected ${signed(expected)} can be ruled out.`
  })
  for (const { variant, metric, step, status } of guardrails) {
    const what = `The guardrail on ${metric}${step ? ` at ${step}` : ''} (${variant})`
    if (status === 'violated') reasons.unshift(`${what} is violated.`)
    if (status === 'unknown') reasons.push(`${what} cannot be told yet, which blocks "supported".`)
  }
  if (supported) return { verdict: 'supported', reasons }
  if (refuted) return { verdict: 'refuted', reasons }
  if (stillNeeded) reasons.push(`About ${stillNeeded} more subjects per variant are needed to tell.`)
  return { verdict: 'inconclusive', reasons }
}
