import type { Journey } from '@throughline/core'
import { wilson } from '../infer/proportion'
import type { Amount, FunnelStep, JourneyResult, Quantiles } from '../result'
import { foldParams } from './journey-scope'
import type { Scope } from './tables'
import type { Alike } from './tally'
import { tally, total } from './tally'

/** A row of sql/ask/funnel.sql. */
export interface FunnelRow extends Alike {
  readonly capped: number
  /** Conversions that nobody can date. */
  readonly undated: number
  /** Units that had reached the required step before the converting one. */
  readonly onward: number
}

interface TimesRow {
  /** 1-based; 0 is the way from the first enter to the conversion. */
  place: number
  quantiles: [number, number, number]
}

interface VisitsRow {
  step: string
  runs: number
  visits: number
  returned: number
  failed: number
  measured: number
  quantiles: [number, number, number]
}

interface ValueRow extends Amount {
  later: boolean
}

const quantiles = (row: { quantiles: [number, number, number] } | undefined): Quantiles | null =>
  row ? { p50: row.quantiles[0], p75: row.quantiles[1], p95: row.quantiles[2] } : null

/** Amounts by currency, the largest first. */
export function sumOf(rows: readonly Amount[]): Amount[] {
  const sums = new Map<string, number>()
  for (const { currency, amount } of rows) sums.set(currency, (sums.get(currency) ?? 0) + amount)
  return [...sums]
    .map(([currency, amount]) => ({ currency, amount }))
    .sort((a, b) => b.amount - a.amount || (a.currency < b.currency ? -1 : 1))
}

/** The part of a journey's result that the funnel gives. */
export type Funnel = Omit<
  JourneyResult,
  'latency' | 'errors' | 'endpoints' | 'ranking' | 'breakdown' | 'trend' | 'change' | 'incidents'
> & {
  readonly doubts: {
    readonly capped: number
    /** Conversions that nobody can date. */
    readonly undated: number
  }
}

/** How far units came. */
export interface Counts
  extends Pick<
    JourneyResult,
    'name' | 'version' | 'runs' | 'conversions' | 'rate' | 'stillGoing' | 'finishedRate'
  > {
  readonly beganLater: Omit<JourneyResult['beganLater'], 'value'>
  readonly steps: readonly Pick<
    FunnelStep,
    'name' | 'index' | 'optional' | 'reached' | 'fromStart' | 'fromPrevious' | 'droppedOff' | 'stillGoing'
  >[]
}

/** Adds up how far units came, with the shares of each step. */
export function countUnits(rows: readonly FunnelRow[], journey: Journey): Counts {
  const { previous, converts } = foldParams(journey)
  const counted = tally(rows, journey)
  const { runs, conversions, beganLater } = counted
  const started = runs - beganLater.runs
  const going = total(rows, (row) => row.going)
  // Every step but the converting one is reached over the required step before it.
  const converted = total(
    rows,
    (row) => !row.later && row.converted,
    (row) => row.onward,
  )
  const steps = journey.steps.map(({ optional }, index) => {
    const step = counted.steps[index]!
    const { reached } = step
    const required = previous[index]! - 1
    const before = required < 0 ? started : counted.steps[required]!.reached
    const onward = index === converts - 1 ? converted : reached
    return {
      ...step,
      index,
      optional,
      fromStart: wilson(reached, started),
      fromPrevious: index === 0 ? { value: 1, low: 1, high: 1 } : wilson(Math.min(onward, before), before),
    }
  })
  return {
    ...counted,
    name: journey.name,
    version: journey.version,
    rate: wilson(conversions, runs),
    finishedRate: going ? wilson(conversions, runs - going) : null,
    steps,
  }
}

/** How far runs (or subjects) came, how long each step took and how its visits went. */
export async function funnel(scope: Scope, journey: Journey, by: 'run' | 'subject'): Promise<Funnel> {
  const [rows, times, visits, values] = await Promise.all([
    scope.ask<FunnelRow>('funnel'),
    scope.ask<TimesRow>('step-times'),
    scope.ask<VisitsRow>('visits'),
    scope.ask<ValueRow>('values', { known: by === 'subject' ? 1 : 0 }),
  ])
  const counts = countUnits(rows, journey)
  const told = scope.params.told as readonly string[]
  const timeFrom = (place: number) => quantiles(times.find((row) => row.place === place))
  const steps = counts.steps.map((step): FunnelStep => {
    const visited = visits.find((row) => row.step === step.name)
    const ready = quantiles(visited?.measured ? visited : undefined)
    const target = journey.ready[step.name]?.p75
    return {
      ...step,
      timeToNext: timeFrom(step.index + 1),
      ready,
      ...(ready && { readySource: told.includes(step.name) ? 'application' : 'observed' }),
      readiness: target === undefined ? null : { p75AtMost: target, met: ready ? ready.p75 <= target : null },
      attempts: {
        mean: visited ? visited.visits / visited.runs : 0,
        returned: visited?.returned ?? 0,
        failed: visited?.failed ?? 0,
      },
    }
  })
  return {
    ...counts,
    value: sumOf(values),
    beganLater: { ...counts.beganLater, value: sumOf(values.filter((row) => row.later)) },
    timeToConvert: timeFrom(0),
    untimed: total(
      rows,
      (row) => !row.later,
      (row) => row.undated,
    ),
    steps,
    doubts: {
      capped: rows.reduce((sum, { capped }) => sum + capped, 0),
      undated: rows.reduce((sum, { undated }) => sum + undated, 0),
    },
  }
}
