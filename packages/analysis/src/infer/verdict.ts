import type { Hypothesis } from '@throughline/core'
import { count, day, declared, duration, percent, plural, probability, withInterval } from '../format'
import type { Blocker, Comparison, GuardrailResult, HypothesisResult, Verdict } from '../result'
import { effectOf, INTERVAL_NAMES } from './effect'
import { neededForBound } from './power'

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
  /** Of the smallest variant. */
  readonly smallest: number
  readonly sampleRatio: HypothesisResult['sampleRatio']
  readonly leftOut: HypothesisResult['leftOut']
  readonly comparisons: readonly Comparison[]
  readonly guardrails: readonly GuardrailResult[]
  readonly decidedBy: 'sequential' | 'fixed'
  /** Subjects per variant still needed to tell the expected effect from none; null if there are enough. */
  readonly stillNeeded: number | null
  /** When so many more subjects per variant will have been counted; null if that is not known or far away. */
  readonly expectedAt: (subjects: number) => Date | null
  readonly timeZone: string
}

/** What follows from the evidence. */
export interface Judgement {
  readonly verdict: Verdict
  /** Most important first. */
  readonly reasons: string[]
  readonly blockers: Blocker[]
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
  const { deciding, expected, expectedValue, write, tells } = effectOf(comparison, decidedBy)
  const { low, high } = deciding
  const [least, most] = expectedValue > 0 ? [low, high] : [-high, -low]
  const interval = `${INTERVAL_NAMES[decidedBy]} `
  return {
    change: tells
      ? `${comparison.variant} changes conversion by ${withInterval(deciding, write, interval)}`
      : `How ${comparison.variant} changes conversion is too little to tell`,
    expected,
    works: least > 0,
    tooSmall: most < Math.abs(expectedValue),
  }
}

const nameOf = ({ variant, metric, step }: GuardrailResult) =>
  `The guardrail on ${metric}${step ? ` at ${step}` : ''} (${variant})`

/** Adds when so many more subjects will have been counted. */
function block(what: Omit<Blocker, 'about'>, { expectedAt }: Pick<Evidence, 'expectedAt'>): Blocker {
  return { ...what, about: (what.subjects && expectedAt(what.subjects)?.toISOString()) || null }
}

function guardrailBlocker(guardrail: GuardrailResult, evidence: Evidence): Blocker {
  const { measured, limit, metric, step, variant, status } = guardrail
  const most = limit.p75AtMost ?? limit.relativeAtMost!
  // Conversion gets worse by falling.
  const bound = metric === 'conversion' && limit.p75AtMost === undefined ? -most : most
  const subjects =
    status === 'unknown' && measured ? neededForBound(evidence.smallest, measured, bound) : null
  return block({ guardrail: metric, step, variant, subjects }, evidence)
}

/** How many more subjects, and until about when. */
function wait({ subjects, about }: Blocker, timeZone: string): string {
  if (subjects === null) return 'how many more subjects that takes is not known yet'
  const when = about ? `, until about ${day(about, timeZone)} at the pace so far` : ''
  return `about ${plural(subjects, 'more subject')} per variant would tell${when}`
}

/**
 * The verdict and its reasons, most important first. With several treatments the hypothesis is supported when one of
 * them works (their intervals allow for the number of comparisons) and refuted when all fall short.
 */
export function judge(evidence: Evidence): Judgement {
  const { comparisons, guardrails, decidedBy, stillNeeded, timeZone } = evidence
  const invalid = problems(evidence)
  if (invalid.length) return { verdict: 'invalid', reasons: invalid, blockers: [] }
  if (!comparisons.length)
    return { verdict: 'inconclusive', reasons: [whatIsMissing(evidence)], blockers: [] }

  const treatments = comparisons.map((comparison) => {
    const own = guardrails.filter((guardrail) => guardrail.variant === comparison.variant)
    return { ...standing(comparison, decidedBy), variant: comparison.variant, guardrails: own }
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
  const verdict = supported ? 'supported' : refuted ? 'refuted' : 'inconclusive'
  const blockers: Blocker[] = []
  if (verdict === 'inconclusive')
    for (const { variant, works, tooSmall } of treatments)
      if (!works && !tooSmall)
        blockers.push(block({ guardrail: null, step: null, variant, subjects: stillNeeded }, evidence))
  for (const guardrail of guardrails) {
    if (guardrail.status === 'holds') continue
    const blocker = guardrailBlocker(guardrail, evidence)
    if (verdict === 'inconclusive') blockers.push(blocker)
    if (guardrail.status === 'violated')
      reasons.unshift(
        `${nameOf(guardrail)} is violated, which blocks "supported" however many more subjects come.`,
      )
    else
      reasons.push(
        `${nameOf(guardrail)} cannot be told yet, which blocks "supported": ${wait(blocker, timeZone)}.`,
      )
  }
  for (const blocker of blockers)
    if (blocker.guardrail === null)
      reasons.push(`The effect of ${blocker.variant} blocks a verdict: ${wait(blocker, timeZone)}.`)
  return { verdict, reasons, blockers }
}
