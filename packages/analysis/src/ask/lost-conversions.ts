import { wilson } from '../infer/proportion'
import type { Stratum } from '../infer/strata'
import { lostConversions } from '../infer/strata'
import type { Estimate, LostConversions } from '../result'
import type { Visits } from './first-visits'
import type { Dimensions, StepStratum } from './strata'
import { groupBy, PHASES, stratumKey } from './strata'
import type { Scope } from './tables'

export interface ErrorRow extends Dimensions {
  /** Of a breakdown. */
  part: number
  fingerprint: string
  step: string
  phase: number
  visits: number
  conversions: number
  /** Those who met the error in an earlier phase: they are no comparison. */
  earlier: number
  earlierConversions: number
}

export interface ErrorTotal {
  fingerprint: string
  named: [type: string, message: string, service: string]
  steps: string[]
  occurrences: number
  runs: number
  converted: number
}

/** What looks like an id: a UUID, a long number. As in the views, which tell errors and endpoints apart. */
const ID = /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|\b[0-9a-f]{24,}\b|\b\d{5,}\b/gi

const withoutIds = (text: string) => text.replace(ID, ':id')

export interface EndpointRow extends Dimensions {
  /** Of a breakdown. */
  part: number
  service: string
  endpoint: string
  /** How long it usually takes, in ms. */
  median: number
  kind: 'slow-endpoint' | 'failing-endpoint'
  step: string
  visits: number
  conversions: number
  callers: number
  callerConversions: number
  occurrences: number
  /** How many runs the sampled runs of the callers stand for. */
  weight: number
}

type Value = LostConversions['lostValue']

const scale = (estimate: Estimate, factor: number): Estimate => ({
  value: estimate.value * factor,
  low: estimate.low * factor,
  high: estimate.high * factor,
})

/** What lost conversions are worth: each currency's amount per conversion, times the conversions. */
export function worth(
  lost: Estimate,
  conversions: number,
  values: readonly { currency: string; amount: number }[],
): Value {
  if (!values.length || !conversions) return null
  return values.map(({ currency, amount }) => ({ currency, amount: scale(lost, amount / conversions) }))
}

const expensiveFirst = (a: LostConversions, b: LostConversions) =>
  b.lost.value - a.lost.value || b.occurrences - a.occurrences || (a.key < b.key ? -1 : 1)

/** What the journey's conversions are worth. */
export interface Worth {
  readonly conversions: number
  readonly value: readonly { readonly currency: string; readonly amount: number }[]
}

/** Who met which error, by step, phase and stratum, and what the errors are. */
export interface ErrorsMet {
  readonly rows: readonly ErrorRow[]
  readonly errors: readonly ErrorTotal[]
}

/** @param runs of which it is told what the errors are */
export async function errorsMet(scope: Scope, runs = scope): Promise<ErrorsMet> {
  const [rows, errors] = await Promise.all([
    scope.ask<ErrorRow>('errors', { phases: PHASES }),
    runs.ask<ErrorTotal>('error-totals'),
  ])
  return { rows, errors }
}

/**
 * What each error costs: who met it on a step against who was on that step as long without it. Most expensive first.
 */
export function lostToErrors(
  { rows, errors }: ErrorsMet,
  totals: readonly StepStratum[],
  { conversions, value }: Worth,
): LostConversions[] {
  const place = (row: ErrorRow | StepStratum) => `${row.step} ${row.phase} ${stratumKey(row)}`
  const open = new Map(totals.map((total) => [place(total), total]))
  const byError = groupBy(rows, (row) => row.fingerprint)
  return errors
    .map((error): LostConversions => {
      const strata = (byError.get(error.fingerprint) ?? []).map((row): Stratum => {
        const all = open.get(place(row))!
        return {
          exposed: row.visits,
          exposedConversions: row.conversions,
          others: all.visits - row.visits - row.earlier,
          otherConversions: all.conversions - row.conversions - row.earlierConversions,
        }
      })
      const lost = lostConversions(strata) ?? { value: 0, low: 0, high: error.runs }
      const [type, message, service] = error.named
      return {
        key: error.fingerprint,
        label: withoutIds([type, message].filter(Boolean).join(': ')),
        kind: 'error',
        service,
        steps: error.steps,
        occurrences: error.occurrences,
        runs: error.runs,
        converted: error.converted,
        lost,
        lostValue: worth(lost, conversions, value),
        recovered: wilson(error.converted, error.runs),
      }
    })
    .sort(expensiveFirst)
}

/**
 * Who called which endpoint, by step and stratum.
 *
 * @param scope has the first visits of its runs
 */
export const callsOf = async (scope: Scope, visits: Visits): Promise<EndpointRow[]> =>
  scope.extend({}, await visits.calls()).ask<EndpointRow>('endpoints')

/**
 * What slow and failing endpoints cost: among the runs that called the endpoint on the same step. Most expensive
 * first.
 */
export function lostToEndpoints(
  rows: readonly EndpointRow[],
  { conversions, value }: Worth,
): LostConversions[] {
  const groups = groupBy(rows, ({ kind, service, endpoint }) => JSON.stringify([kind, service, endpoint]))
  return [...groups.values()]
    .flatMap((group): LostConversions[] => {
      const { kind, service, endpoint } = group[0]!
      const met = group.filter((row) => row.visits > 0)
      const lost = lostConversions(
        met.map((row) => ({
          exposed: row.visits,
          exposedConversions: row.conversions,
          others: row.callers - row.visits,
          otherConversions: row.callerConversions - row.conversions,
        })),
      )
      const sum = (of: (row: EndpointRow) => number) => met.reduce((total, row) => total + of(row), 0)
      const [runs, converted] = [sum((row) => row.visits), sum((row) => row.conversions)]
      if (!lost || !runs) return []
      const weight = sum((row) => (row.weight / row.callers) * row.visits) / runs
      const weighted = scale(lost, weight)
      return [
        {
          key: endpoint,
          label: endpoint,
          kind,
          service,
          steps: [...new Set(met.map((row) => row.step))].sort(),
          occurrences: Math.round(sum((row) => row.occurrences) * weight),
          runs: Math.round(runs * weight),
          converted: Math.round(converted * weight),
          lost: weighted,
          lostValue: worth(weighted, conversions, value),
          recovered: wilson(converted, runs),
        },
      ]
    })
    .sort(expensiveFirst)
}
