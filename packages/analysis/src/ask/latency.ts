import { duration, score } from '../format'
import { wilson } from '../infer/proportion'
import type { Stratum } from '../infer/strata'
import { lostConversions, oddsRatio, pooled } from '../infer/strata'
import type { FunnelStep, LatencyBucket, LatencyResult } from '../result'
import type { Vitals } from './first-visits'
import type { Dimensions, StepStratum } from './strata'
import { groupBy, LANDMARK_PHASE, PHASES, recordedDimensions, stratumKey } from './strata'
import type { Scope } from './tables'

type Measure = LatencyResult['measure']
type Counts = { visits: number; conversions: number }

export interface LatencyRow extends Dimensions, Counts {
  /** Of a breakdown. */
  part: number
  step: string
  measure: Measure
  navigation: string
  bucket: number
}

/** Bounds between four buckets; what lies above `edges[slowAbove]` is slow. */
interface Edges {
  readonly edges: readonly [number, number, number]
  readonly slowAbove: 0 | 1 | 2
  readonly source: LatencyResult['threshold']['source']
}

/** Half of good, good, and where poor begins: https://web.dev/articles/vitals. A first interaction is held to INP's. */
const WEB_DEV: { readonly [M in Measure]?: readonly [number, number, number] } = {
  lcp: [1250, 2500, 4000],
  cls: [0.05, 0.1, 0.25],
  fcp: [900, 1800, 3000],
  ttfb: [400, 800, 1800],
  'first-interaction': [100, 200, 500],
}
/** The bounds of each vital, in the order of vitals.sql: all first ones, all second, all third. */
export const MARK_BOUNDS = [0, 1, 2].map((bound) =>
  (['lcp', 'fcp', 'ttfb', 'first-interaction', 'cls'] as const).map((measure) => WEB_DEV[measure]![bound]!),
)
const MEASURES: readonly Measure[] = ['ready', 'lcp', 'first-interaction', 'cls', 'fcp', 'ttfb']

function edgesOf(step: FunnelStep, measure: Measure): Edges | null {
  const vital = WEB_DEV[measure]
  if (vital) return { edges: vital, slowAbove: 1, source: 'web.dev' }
  const target = step.readiness?.p75AtMost
  if (target) return { edges: [target / 2, target, target * 2], slowAbove: 1, source: 'declared' }
  if (!step.ready) return null
  return { edges: [step.ready.p50, step.ready.p75, step.ready.p95], slowAbove: 1, source: 'quantiles' }
}

function labelOf(from: number | null, to: number | null, unit: 'ms' | 'score'): string {
  const text = unit === 'score' ? score : duration
  if (from === 0) return `up to ${text(to!)}`
  return to === null ? `over ${text(from!)}` : `${text(from!)} to ${text(to)}`
}

const add = (rows: readonly Counts[]): Counts =>
  rows.reduce<Counts>(
    (sum, row) => ({ visits: sum.visits + row.visits, conversions: sum.conversions + row.conversions }),
    { visits: 0, conversions: 0 },
  )

function bucketsOf(
  rows: readonly LatencyRow[],
  { edges, slowAbove }: Edges,
  unit: 'ms' | 'score',
  missing: Counts,
) {
  const bounds = [0, ...edges, null]
  const buckets = [0, 1, 2, 3].map((bucket): LatencyBucket => {
    const counts = add(rows.filter((row) => row.bucket === bucket))
    const [from, to] = [bounds[bucket]!, bounds[bucket + 1] ?? null]
    const rate = wilson(counts.conversions, counts.visits)
    return { label: labelOf(from, to, unit), from, to, slow: bucket > slowAbove, ...counts, rate }
  })
  if (missing.visits > 0)
    buckets.push({
      label: 'not measured',
      from: null,
      to: null,
      slow: false,
      ...missing,
      rate: wilson(missing.conversions, missing.visits),
    })
  return buckets
}

/** Slow against not slow, within strata; visits without a measurement are in neither. */
function strataOf(rows: readonly LatencyRow[], slowAbove: number): Stratum[] {
  const groups = groupBy(rows, stratumKey)
  return [...groups.values()].map((group) => {
    const slow = add(group.filter((row) => row.bucket > slowAbove))
    const fast = add(group.filter((row) => row.bucket <= slowAbove))
    return {
      exposed: slow.visits,
      exposedConversions: slow.conversions,
      others: fast.visits,
      otherConversions: fast.conversions,
    }
  })
}

/** What of steps is measured, from which value on it is slow, and who met it. */
export interface Measured {
  readonly wanted: readonly (Edges & { readonly step: string; readonly measure: Measure })[]
  readonly rows: readonly LatencyRow[]
}

/**
 * Counts visits by latency and stratum.
 *
 * @param scope has the first visits of its runs
 */
export async function measureLatency(
  scope: Scope,
  { tables, navigations }: Vitals,
  steps: readonly FunnelStep[],
): Promise<Measured> {
  const wanted = steps.flatMap((step) =>
    MEASURES.flatMap((measure) => {
      const edges = edgesOf(step, measure)
      return edges ? [{ step: step.name, measure, ...edges }] : []
    }),
  )
  const ready = wanted.filter(({ measure }) => measure === 'ready')
  const rows = await scope
    .extend({ navigations, bounds: MARK_BOUNDS, landmark: PHASES[LANDMARK_PHASE - 1]! }, tables)
    .ask<LatencyRow>('latency', {
      timed: ready.map(({ step }) => step),
      edges: ready.flatMap(({ edges }) => [...edges]),
    })
  return { wanted, rows }
}

/**
 * Conversion by latency: visits that reached the same step, by the latency of that step alone, crude and within
 * strata of device, network and country. An association, not an effect.
 */
export function latencyOf({ wanted, rows }: Measured, totals: readonly StepStratum[]): LatencyResult[] {
  return wanted.flatMap((want) => {
    const { step, measure, edges, slowAbove, source } = want
    const measured = rows.filter((row) => row.step === step && row.measure === measure)
    const phase = measure === 'cls' ? LANDMARK_PHASE : 1
    const all = add(totals.filter((total) => total.step === step && total.phase === phase))
    const known = add(measured)
    const missing = {
      visits: all.visits - known.visits,
      conversions: all.conversions - known.conversions,
    }
    const unit = measure === 'cls' ? 'score' : 'ms'
    return [...groupBy(measured, (row) => row.navigation)].map(([navigation, own]): LatencyResult => {
      const strata = strataOf(own, slowAbove)
      return {
        step,
        measure,
        navigationType: navigation || null,
        unit,
        threshold: { slowFrom: edges[slowAbove], source },
        buckets: bucketsOf(own, want, unit, missing),
        crude: oddsRatio([pooled(strata)]),
        adjusted: oddsRatio(strata),
        strata: recordedDimensions(own),
        lost: lostConversions(strata),
      }
    })
  })
}
