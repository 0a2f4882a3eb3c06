import type { Hypothesis, Journey } from '@throughline/core'
import type { Difference } from '../infer/compare'
import {
  difference,
  fixedInterval,
  proportionSample,
  pValue,
  sequentialInterval,
  sequentialP,
} from '../infer/compare'
import { neededPerGroup } from '../infer/power'
import { wilson } from '../infer/proportion'
import { sampleRatio } from '../infer/sample-ratio'
import { judge, SAMPLE_RATIO_ALPHA } from '../infer/verdict'
import type { Comparison, Estimate, HypothesisResult, Test, VariantResult } from '../result'
import { checkGuardrails } from './guardrails'
import type { Window } from './journey-scope'
import type { Scope } from './tables'

interface SubjectsRow {
  variant: string
  multiple: boolean
  /** Several variants, each under another name. */
  aliased: boolean
  anonymous: boolean
  mature: boolean
  subjects: number
  conversions: number
  /** Converted by what a server says alone, whose clock cannot be compared. */
  untested: number
  /** Not counted by the date that such a server gives. */
  doubtful: number
  /** When the first of them met a variant, in microseconds. */
  since: number
}

type Counts = Pick<VariantResult, 'variant' | 'subjects' | 'conversions'>

/** No share falls by more than all of it, or rises by more than 100 points. */
const clip = ({ value, low, high }: Estimate, most: number, p: number, tests: number): Test => ({
  value,
  low: Math.max(-1, low),
  high: Math.min(most, high),
  // As the intervals, it allows for the number of comparisons.
  p: Math.min(1, p * tests),
})

const intervals = (found: Difference, most: number, tests: number) => {
  const alpha = 0.05 / tests
  return {
    fixed: clip(fixedInterval(found, alpha), most, pValue(found), tests),
    sequential: clip(sequentialInterval(found, alpha), most, sequentialP(found, alpha), tests),
  }
}

/**
 * A treatment against the control; null when there is nothing to compare yet.
 *
 * @param tests how many treatments are compared
 */
function compare(
  control: Counts,
  treatment: Counts,
  expected: Comparison['expected'],
  tests: number,
): Comparison | null {
  const samples = [control, treatment].map((group) => proportionSample(group.conversions, group.subjects))
  const [relative, absolute] = [true, false].map((kind) => difference(samples[0]!, samples[1]!, kind))
  if (!relative || !absolute) return null
  return {
    variant: treatment.variant,
    relative: intervals(relative, Number.POSITIVE_INFINITY, tests),
    absolute: intervals(absolute, 1, tests),
    expected,
  }
}

const withRates = (groups: readonly Counts[]): VariantResult[] =>
  groups.map((group, index) => ({
    ...group,
    control: index === 0,
    rate: wilson(group.conversions, group.subjects),
  }))

/** A pace that takes longer than this, in ms, is no pace. */
const FAR = 3 * 365 * 864e5

/**
 * When so many more subjects per variant will have been counted, if they go on to come as they did.
 *
 * @param perVariant who has met the variant that fewest met, since then (ms)
 */
function paceFrom(perVariant: number, since: number, asOf: number, within: number) {
  return (subjects: number): Date | null => {
    const wait = (subjects * (asOf - since)) / perVariant + within
    return perVariant > 1 && asOf - since >= 36e5 && wait < FAR ? new Date(asOf + wait) : null
  }
}

/**
 * Judges one hypothesis: subjects from their first exposure on, as of the window's end.
 *
 * @param window in which first exposures count; later conversions of the same subject count until `within` after it
 * @param runs the journey's, of every version that the hypothesis can be about
 * @param timeZone in which dates are written
 */
export async function analyseHypothesis(
  runs: Scope,
  hypothesis: Hypothesis,
  journey: Journey,
  window: Window,
  timeZone: string,
): Promise<HypothesisResult> {
  const end = hypothesis.until ? Date.parse(hypothesis.until) : Number.POSITIVE_INFINITY
  const scope = runs.extend(
    {
      hypothesis: hypothesis.id,
      variants: hypothesis.variants,
      exposedFrom: window.since,
      exposedUntil: Math.min(window.until, end),
    },
    { versions: runs.textOf('runs') },
  )
  await scope.keep('exposed')
  await scope.keep('owned')
  const rows = await scope.ask<SubjectsRow>('hypothesis')
  const total = (
    pick: (row: SubjectsRow) => boolean,
    what: 'subjects' | 'conversions' | 'untested' | 'doubtful' = 'subjects',
  ) => rows.filter(pick).reduce((sum, row) => sum + row[what], 0)
  const known = (row: SubjectsRow) => !row.anonymous && !row.multiple

  const countsOf = (pick: (row: SubjectsRow) => boolean) =>
    hypothesis.variants.map((variant): Counts => {
      const own = (row: SubjectsRow) => known(row) && pick(row) && row.variant === variant
      return { variant, subjects: total(own), conversions: total(own, 'conversions') }
    })
  const counted = (row: SubjectsRow) => known(row) && Boolean(row.mature)
  const groups = countsOf(counted)
  const all = countsOf(() => true)
  const [control, ...treatments] = groups as [Counts, ...Counts[]]
  const subjects = groups.reduce((sum, group) => sum + group.subjects, 0)
  const leftOut = {
    multipleVariants: total((row) => !row.anonymous && Boolean(row.multiple)),
    underTwoNames: total((row) => !row.anonymous && Boolean(row.aliased)),
    immature: total((row) => known(row) && !row.mature),
    withoutSubject: total((row) => Boolean(row.anonymous)),
  }
  const met = all.map((group) => group.subjects)
  const p = sampleRatio(met, hypothesis.weights)
  const alpha = 0.05 / treatments.length
  const { relative, absolute } = hypothesis.expect
  const expected = relative === undefined ? { absolute: absolute! } : { relative }
  const comparisons = treatments
    .map((treatment) => compare(control, treatment, expected, treatments.length))
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
    smallest,
    sampleRatio: { p, ok: p >= SAMPLE_RATIO_ALPHA, expected: hypothesis.weights },
    leftOut,
    comparisons,
    guardrails: await checkGuardrails(scope, hypothesis, journey, groups, decidedBy),
    decidedBy,
    stillNeeded: missing > 0 ? missing : null,
    expectedAt: paceFrom(
      Math.min(...met),
      Math.min(...rows.filter(known).map(({ since }) => since / 1000)),
      Math.min(window.until, window.now),
      journey.within,
    ),
    timeZone,
  } as const
  const { verdict, reasons, blockers } = judge(evidence)
  return {
    id: hypothesis.id,
    statement: hypothesis.statement,
    journey: journey.name,
    verdict,
    reasons,
    variants: withRates(groups),
    comparisons,
    guardrails: evidence.guardrails,
    sampleRatio: evidence.sampleRatio,
    leftOut,
    untested: { counted: total(counted, 'untested'), notCounted: total(counted, 'doubtful') },
    preliminary: leftOut.immature && smallest === 0 ? withRates(all) : null,
    decidedBy,
    blockers,
  }
}
