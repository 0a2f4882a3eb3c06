import type { Hypothesis, Journey } from '@throughline/core'
import type { Engine } from './engine'
import { checkGuardrails } from './guardrails'
import type { Window } from './queries'
import { runQuery, runsParams } from './queries'
import type { Comparison, HypothesisResult, VariantResult } from './result'
import { difference, fixedInterval, proportionSample, pValue, sequentialInterval } from './statistics/compare'
import { neededPerGroup } from './statistics/power'
import { wilson } from './statistics/proportion'
import { sampleRatio } from './statistics/sample-ratio'
import { judge, SAMPLE_RATIO_ALPHA } from './verdict'

interface SubjectsRow {
  variant: string
  multiple: boolean
  /** Several variants, each under another name. */
  aliased: boolean
  anonymous: boolean
  mature: boolean
  subjects: number
  conversions: number
}

type Counts = Pick<VariantResult, 'variant' | 'subjects' | 'conversions'>

/** A treatment against the control; null when there is nothing to compare yet. */
function compare(
  control: Counts,
  treatment: Counts,
  expected: Comparison['expected'],
  alpha: number,
): Comparison | null {
  const samples = [control, treatment].map((group) => proportionSample(group.conversions, group.subjects))
  const [relative, absolute] = [true, false].map((kind) => difference(samples[0]!, samples[1]!, kind))
  if (!relative || !absolute) return null
  return {
    variant: treatment.variant,
    relative: { fixed: fixedInterval(relative, alpha), sequential: sequentialInterval(relative, alpha) },
    absolute: { fixed: fixedInterval(absolute, alpha), sequential: sequentialInterval(absolute, alpha) },
    p: pValue(absolute),
    expected,
  }
}

/**
 * Judges one hypothesis: subjects from their first exposure on, as of the window's end.
 *
 * @param window in which first exposures count; later conversions of the same subject count until `within` after it
 */
export async function analyseHypothesis(
  engine: Engine,
  hypothesis: Hypothesis,
  journey: Journey,
  window: Window,
): Promise<HypothesisResult> {
  const end = hypothesis.until ? Date.parse(hypothesis.until) : Number.POSITIVE_INFINITY
  const params = {
    ...runsParams(journey, { since: Math.max(0, window.since - journey.within), until: window.until }),
    hypothesis: hypothesis.id,
    variants: hypothesis.variants,
    from: window.since,
    to: Math.min(window.until, end),
    asOf: window.until,
  }
  const rows = await runQuery<SubjectsRow>(engine, 'hypothesis', params)
  const total = (pick: (row: SubjectsRow) => boolean, what: 'subjects' | 'conversions' = 'subjects') =>
    rows.filter(pick).reduce((sum, row) => sum + row[what], 0)
  const known = (row: SubjectsRow) => !row.anonymous && !row.multiple

  const groups = hypothesis.variants.map((variant): Counts => {
    const own = (row: SubjectsRow) => known(row) && Boolean(row.mature) && row.variant === variant
    return { variant, subjects: total(own), conversions: total(own, 'conversions') }
  })
  const [control, ...treatments] = groups as [Counts, ...Counts[]]
  const subjects = groups.reduce((sum, group) => sum + group.subjects, 0)
  const leftOut = {
    multipleVariants: total((row) => !row.anonymous && Boolean(row.multiple)),
    underTwoNames: total((row) => !row.anonymous && Boolean(row.aliased)),
    immature: total((row) => known(row) && !row.mature),
    withoutSubject: total((row) => Boolean(row.anonymous)),
  }
  const met = hypothesis.variants.map((variant) => total((row) => known(row) && row.variant === variant))
  const p = sampleRatio(met, hypothesis.weights)
  const alpha = 0.05 / treatments.length
  const { relative, absolute } = hypothesis.expect
  const expected = relative === undefined ? { absolute: absolute! } : { relative }
  const comparisons = treatments
    .map((treatment) => compare(control, treatment, expected, alpha))
    .filter((comparison) => comparison !== null)
  const decidedBy =
    window.until >= end || subjects >= (hypothesis.sampleSize ?? Number.POSITIVE_INFINITY)
      ? 'fixed'
      : 'sequential'

  const base = control.subjects ? control.conversions / control.subjects : 0
  const effect = relative === undefined ? absolute! : relative * base
  const smallest = Math.min(...groups.map((group) => group.subjects))
  const missing =
    effect && base < 1 ? neededPerGroup(base, effect, decidedBy === 'sequential', alpha) - smallest : 0
  const evidence = {
    hypothesis,
    within: journey.within,
    subjects,
    sampleRatio: { p, ok: p >= SAMPLE_RATIO_ALPHA, expected: hypothesis.weights },
    leftOut,
    comparisons,
    guardrails: await checkGuardrails(engine, hypothesis, journey, params, groups),
    decidedBy,
    stillNeeded: missing > 0 ? missing : null,
  } as const
  const { verdict, reasons } = judge(evidence)
  return {
    id: hypothesis.id,
    statement: hypothesis.statement,
    journey: journey.name,
    verdict,
    reasons,
    variants: groups.map((group, index) => ({
      ...group,
      control: index === 0,
      rate: wilson(group.conversions, group.subjects),
    })),
    comparisons,
    guardrails: evidence.guardrails,
    sampleRatio: evidence.sampleRatio,
    leftOut,
    decidedBy,
    stillNeeded: verdict === 'inconclusive' ? evidence.stillNeeded : null,
  }
}
