import type { Guardrail, Hypothesis, Journey } from '@throughline/core'
import { intrinsicTime, oneSidedFactor } from '../infer/compare'
import { normalQuantile } from '../infer/distributions'
import type { BoundedQuantile } from '../infer/quantile-ratio'
import { quantileRatio } from '../infer/quantile-ratio'
import { shareRatio } from '../infer/ratio'
import type { Estimate, GuardrailResult, HypothesisResult, VariantResult } from '../result'
import type { Scope } from './tables'

/** Bounds are one-sided at 95 %. */
const ALPHA = 0.05

/** Which interval decides. While that is the always-valid one, guardrails are looked at early as well. */
type DecidedBy = HypothesisResult['decidedBy']

/** How many standard errors from the measurement its bounds are. */
const factorOf = (units: number, decidedBy: DecidedBy) =>
  decidedBy === 'fixed' ? normalQuantile(1 - ALPHA) : oneSidedFactor(Math.max(1, units), ALPHA)

interface QuantileRow extends Omit<BoundedQuantile, 'value'> {
  variant: string
  subjects: number
  p75: number
}

const quantileOf = ({ p75, ...bounds }: QuantileRow): BoundedQuantile => ({ ...bounds, value: p75 })

interface ErrorsRow {
  variant: string
  subjects: number
  affected: number
}

type Group = Pick<VariantResult, 'variant' | 'subjects' | 'conversions'>

/** Violated when one bound is beyond the limit, holds when the other is inside, else unknown. */
function statusOf({ low, high }: Estimate, limit: number): GuardrailResult['status'] {
  if (low > limit) return 'violated'
  return high <= limit ? 'holds' : 'unknown'
}

const changeOf = (ratio: Estimate | null): Estimate | null =>
  ratio && { value: ratio.value - 1, low: ratio.low - 1, high: ratio.high - 1 }

/** The relative change of a share, without bounds above when the control has none; null when it cannot be told. */
function relativeShare(
  control: [number, number],
  treatment: [number, number],
  decidedBy: DecidedBy,
): Estimate | null {
  return changeOf(shareRatio(control, treatment, factorOf(control[1] + treatment[1], decidedBy)))
}

/** The relative change of a 75th percentile. */
function relativeQuantile(
  control: QuantileRow,
  treatment: QuantileRow,
  decidedBy: DecidedBy,
): Estimate | null {
  const factor = factorOf(control.subjects + treatment.subjects, decidedBy)
  return changeOf(quantileRatio(quantileOf(control), quantileOf(treatment), factor))
}

async function measure(
  scope: Scope,
  guardrail: Guardrail,
  control: Group,
  treatments: readonly Group[],
  decidedBy: DecidedBy,
): Promise<(Estimate | null)[]> {
  if (guardrail.metric === 'conversion')
    return treatments.map((treatment) =>
      relativeShare(
        [control.conversions, control.subjects],
        [treatment.conversions, treatment.subjects],
        decidedBy,
      ),
    )
  if (guardrail.metric === 'errors') {
    const rows = await scope.ask<ErrorsRow>('guardrail-errors')
    const share = ({ variant }: Group): [number, number] => {
      const row = rows.find((one) => one.variant === variant)
      return [row?.affected ?? 0, row?.subjects ?? 0]
    }
    return treatments.map((treatment) => relativeShare(share(control), share(treatment), decidedBy))
  }
  const rows = await scope.ask<QuantileRow>('guardrail-quantile', {
    metric: guardrail.metric,
    z: normalQuantile(1 - ALPHA),
    // 0: the bounds are those of a time fixed beforehand.
    rho2: decidedBy === 'fixed' ? 0 : intrinsicTime(1, 2 * ALPHA),
    alpha: ALPHA,
  })
  const row = ({ variant }: Group) => rows.find((one) => one.variant === variant)
  return treatments.map((treatment) => {
    const [base, own] = [row(control), row(treatment)]
    if (!own) return null
    if (guardrail.relativeAtMost !== undefined) return base ? relativeQuantile(base, own, decidedBy) : null
    return own.high === null ? null : { value: own.p75, low: own.low, high: own.high }
  })
}

/**
 * Whether a hypothesis's guardrails hold, for each treatment: over the subjects that its verdict counts, one value
 * each.
 *
 * @param scope the hypothesis's own
 */
export async function checkGuardrails(
  scope: Scope,
  hypothesis: Hypothesis,
  journey: Journey,
  groups: readonly Group[],
  decidedBy: DecidedBy,
): Promise<GuardrailResult[]> {
  const [control, ...treatments] = groups as [Group, ...Group[]]
  const from = Math.max(
    0,
    journey.steps.findIndex((step) => step.name === hypothesis.from),
  )
  const check = async (guardrail: Guardrail): Promise<GuardrailResult[]> => {
    const { metric, step, p75AtMost, relativeAtMost } = guardrail
    const guarded = step ? [step] : journey.steps.slice(from).map(({ name }) => name)
    const found = await measure(scope.extend({ guarded }), guardrail, control, treatments, decidedBy)
    return found.map((measured, index) => {
      // Conversion gets worse by falling.
      const worse =
        measured && metric === 'conversion'
          ? { value: -measured.value, low: -measured.high, high: -measured.low }
          : measured
      return {
        variant: treatments[index]!.variant,
        metric,
        step: step ?? null,
        limit: p75AtMost === undefined ? { relativeAtMost: relativeAtMost! } : { p75AtMost },
        // A ratio to nothing is no number, though its lower bound may tell enough.
        measured: measured && Number.isFinite(measured.value) ? measured : null,
        status: worse ? statusOf(worse, (p75AtMost ?? relativeAtMost)!) : 'unknown',
      }
    })
  }
  return (await Promise.all(hypothesis.guardrails.map(check))).flat()
}
