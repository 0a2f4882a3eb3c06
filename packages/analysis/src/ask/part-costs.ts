import type { FunnelStep, LatencyResult, LostConversions, PartCosts, PartLoss } from '../result'
import type { Asked } from './asked'
import type { Visits } from './first-visits'
import { latencyOf, measureLatency } from './latency'
import type { ErrorRow, ErrorsMet, ErrorTotal } from './lost-conversions'
import { callsOf, errorsMet, lostToEndpoints, lostToErrors } from './lost-conversions'
import { groupBy, stepStrata } from './strata'
import type { Scope } from './tables'

// What costs conversions in each part of a breakdown. Asking of each part alone would read all visits a dozen times; so
// each run says which part it is in (tagged.sql), and everything is asked once.

/** Errors and endpoints that are named of one part. */
const MOST = 20

/** Parts of a report that a breakdown has as well, besides its counts. */
const COSTS = ['latency', 'errors', 'endpoints'] as const

/** Finds rows by the number of their part. */
function byPart<Row extends { readonly part: number }>(rows: readonly Row[]): (part: number) => Row[] {
  const groups = groupBy(rows, ({ part }) => `${part}`)
  return (part) => groups.get(`${part}`) ?? []
}

function slowOf({ step, measure, navigationType, threshold, buckets, adjusted, lost }: LatencyResult) {
  const visits = (isSlow: boolean) =>
    buckets
      .filter(({ slow, from }) => from !== null && slow === isSlow)
      .reduce((sum, bucket) => sum + bucket.visits, 0)
  const slow = visits(true)
  return {
    ...{ step, measure, navigationType, slowFrom: threshold.slowFrom },
    ...{ visits: slow + visits(false), slow, adjusted, lost },
  }
}

const lossOf = ({ key, label, kind, service, steps, lost, runs, converted }: LostConversions): PartLoss => ({
  ...{ key, label, kind, service, steps, lost, visits: runs, converted },
})

/** Errors as they were met in a part. */
function errorsOf({ errors }: ErrorsMet, rows: readonly ErrorRow[]): ErrorTotal[] {
  const byError = groupBy(
    rows.filter(({ visits }) => visits > 0),
    ({ fingerprint }) => fingerprint,
  )
  return errors.flatMap((error) => {
    const met = byError.get(error.fingerprint) ?? []
    if (!met.length) return []
    const sum = (of: 'visits' | 'conversions') => met.reduce((total, row) => total + row[of], 0)
    const steps = [...new Set(met.map(({ step }) => step))].sort()
    return [{ ...error, steps, runs: sum('visits'), converted: sum('conversions') }]
  })
}

/**
 * What slow steps, errors and endpoints cost in each part of a breakdown.
 *
 * @param scope the selected runs
 * @param visits what is known of the visits of all runs
 * @param shown the values that have a part of their own
 * @param steps of the whole: what is slow of a step is the same in every part
 */
export async function costsOf(
  scope: Scope,
  visits: Visits,
  { wants, step }: Pick<Asked, 'wants' | 'step'>,
  { steps }: { readonly steps: readonly FunnelStep[] },
  shown: readonly string[],
): Promise<(part: number) => PartCosts> {
  if (!COSTS.some(wants)) return () => ({ slow: [], errors: [], endpoints: [] })
  const untagged = scope.extend({ shown }, { untagged: scope.textOf('runs') })
  const own = untagged.extend({}, { runs: untagged.textOf('tagged') })
  await own.keep('steps')
  await own.keep('strata')
  const named = steps.filter(({ name }) => step === undefined || name === step)
  const [allStrata, measured, met, allCalls] = await Promise.all([
    stepStrata(own),
    wants('latency')
      ? visits.vitals().then((vitals) => measureLatency(own, vitals, named))
      : { wanted: [], rows: [] },
    wants('errors') ? errorsMet(own, scope) : { rows: [], errors: [] },
    wants('endpoints') ? callsOf(own, visits) : [],
  ])
  const strata = byPart(allStrata)
  const latencies = byPart(measured.rows)
  const errors = byPart(met.rows)
  const calls = byPart(allCalls)
  await own.drop('steps')
  // What a conversion is worth is said of the whole.
  const unvalued = { conversions: 0, value: [] }
  return (part) => {
    const totals = strata(part)
    const rows = errors(part)
    const measuredHere = { ...measured, rows: latencies(part) }
    return {
      slow: latencyOf(measuredHere, totals).map(slowOf),
      errors: lostToErrors({ rows, errors: errorsOf(met, rows) }, totals, unvalued)
        .slice(0, MOST)
        .map(lossOf),
      endpoints: lostToEndpoints(calls(part), unvalued).slice(0, MOST).map(lossOf),
    }
  }
}
