import type { Journey } from '@throughline/core'
import { normalQuantile } from '../infer/distributions'
import { wilson } from '../infer/proportion'
import type { Amount, Breakdown, Estimate, Part, PartCosts, TrendPart } from '../result'
import { sumOf } from './funnel'
import { costliestIn } from './ranking'
import { groupBy } from './strata'
import type { Scope } from './tables'
import type { Alike } from './tally'
import { tally } from './tally'

// A breakdown and a trend are the same: each run is in one part, and each figure is counted by part.

interface UnitsRow extends Alike {
  readonly part: number
}

interface ReadyRow {
  part: number
  step: string
  p75: number
  low: number | null
  high: number | null
}

/** What is counted of parts, by the number of each. */
export interface Parts {
  /** The numbers of those that have runs. */
  readonly found: readonly number[]
  partOf(number: number): Part
}

const readyOf = (row: ReadyRow | undefined): Estimate | null =>
  row && row.low !== null && row.high !== null ? { value: row.p75, low: row.low, high: row.high } : null

/**
 * Counts every part.
 *
 * @param parts the scope's `report_parts` say which run is in which part
 */
export async function countParts(parts: Scope, journey: Journey, by: 'run' | 'subject'): Promise<Parts> {
  const [units, values, ready, errors] = await Promise.all([
    parts.ask<UnitsRow>('part-units'),
    parts.ask<Amount & { part: number }>('part-values', { known: by === 'subject' ? 1 : 0 }),
    parts.ask<ReadyRow>('part-ready', { z: normalQuantile(0.975) }),
    parts.ask<{ part: number; runs: number }>('part-errors'),
  ])
  const byPart = groupBy(units, ({ part }) => `${part}`)
  return {
    found: [...byPart.keys()].map(Number),
    partOf(number) {
      const { beganLater, ...counted } = tally(byPart.get(`${number}`) ?? [], journey)
      const { runs, conversions, steps } = counted
      return {
        ...counted,
        rate: wilson(conversions, runs),
        value: sumOf(values.filter(({ part }) => part === number)),
        beganLater: { runs: beganLater.runs, conversions: beganLater.conversions },
        lost: steps.reduce((sum, { droppedOff }) => sum + droppedOff, 0),
        errorRuns: errors.find(({ part }) => part === number)?.runs ?? 0,
        steps: steps.map((step) => ({
          ...step,
          ready: readyOf(ready.find((row) => row.part === number && row.step === step.name)),
        })),
      }
    },
  }
}

const [OTHER, UNKNOWN] = [0, -1]

/**
 * The journey by the values of what its params call `by`: the ten largest, all others, and runs without any.
 *
 * @param costs gives what costs conversions in each part, for the values that have one
 */
export async function breakDown(
  scope: Scope,
  journey: Journey,
  by: 'run' | 'subject',
  key: string,
  costs: (shown: readonly string[]) => Promise<(part: number) => PartCosts>,
): Promise<Breakdown> {
  const unshown = scope.extend({ shown: [] }, { parts: scope.extend({ shown: [] }).textOf('by_value') })
  const sizes = await unshown.ask<{ value: string }>('part-sizes')
  const shown = sizes.map(({ value }) => value)
  const own = scope.extend({ shown })
  await own.keep('by_value')
  const counted = await countParts(own.extend({}, { parts: own.textOf('by_value') }), journey, by)
  await own.drop('by_value')
  const costsOf = await costs(shown)
  const part = (kind: Breakdown['parts'][number]['kind'], label: string, number: number) => ({
    kind,
    label,
    ...counted.partOf(number),
    costs: costsOf(number),
  })
  const parts = [
    ...shown.map((value, at) => part('value', value, at + 1)),
    ...(counted.found.includes(OTHER) ? [part('other', '', OTHER)] : []),
    ...(counted.found.includes(UNKNOWN) ? [part('unknown', '', UNKNOWN)] : []),
  ]
  const costliest = costliestIn(parts.map((one) => one.costs))
  return { by: key, parts: parts.map((one, at) => ({ ...one, costliest: costliest[at]! })) }
}

/**
 * The journey over time.
 *
 * @param edges when each part begins (ms); the last ends at `until`
 */
export async function trendOf(
  scope: Scope,
  journey: Journey,
  by: 'run' | 'subject',
  edges: readonly number[],
  until: number,
): Promise<TrendPart[]> {
  const own = scope.extend({ edges })
  await own.keep('by_time')
  const counted = await countParts(own.extend({}, { parts: own.textOf('by_time') }), journey, by)
  await own.drop('by_time')
  return edges.map((edge, at) => ({
    from: new Date(edge).toISOString(),
    to: new Date(edges[at + 1] ?? Math.max(edge, until)).toISOString(),
    ...counted.partOf(edge),
  }))
}
