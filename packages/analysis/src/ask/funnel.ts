import type { Journey } from '@throughline/core'
import type { Engine } from '../engine'
import { wilson } from '../infer/proportion'
import type { FunnelStep, JourneyResult, Quantiles } from '../result'
import type { Window } from '../sql'
import { runQuery, runsParams, runUnitsQuery } from '../sql'

interface FunnelRow {
  converted: boolean
  /** 1-based; 0 for none. */
  furthest: number
  units: number
  capped: number
  /** Units by step. */
  reached: number[]
  /** Units that had reached the required step before the converting one. */
  onward: number
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

interface ValueRow {
  currency: string
  amount: number
  conversions: number
}

const quantiles = (row: { quantiles: [number, number, number] } | undefined): Quantiles | null =>
  row ? { p50: row.quantiles[0], p75: row.quantiles[1], p95: row.quantiles[2] } : null

/** The part of a journey's result that the funnel gives. */
export type Funnel = Omit<JourneyResult, 'latency' | 'errors' | 'endpoints'> & { readonly capped: number }

/** How far runs (or subjects' best runs) came, how long each step took and how its visits went. */
export async function funnel(
  engine: Engine,
  journey: Journey,
  window: Window,
  by: 'run' | 'subject',
): Promise<Funnel> {
  const params = runsParams(journey, window)
  const [rows, times, visits, values] = await Promise.all([
    runUnitsQuery<FunnelRow>(engine, 'funnel', by, params),
    runUnitsQuery<TimesRow>(engine, 'step-times', by, params),
    runQuery<VisitsRow>(engine, 'visits', params),
    runUnitsQuery<ValueRow>(engine, 'values', by, params),
  ])
  const total = (of: (row: FunnelRow) => number) => rows.reduce((sum, row) => sum + of(row), 0)
  const units = total((row) => row.units)
  const conversions = total((row) => (row.converted ? row.units : 0))
  const reached = journey.steps.map((_, index) => total((row) => row.reached[index]!))
  const timeFrom = (place: number) => quantiles(times.find((row) => row.place === place))

  const steps = journey.steps.map((step, index): FunnelStep => {
    const visited = visits.find((row) => row.step === step.name)
    const ready = quantiles(visited?.measured ? visited : undefined)
    const target = journey.ready[step.name]?.p75
    const previous = params.previous[index]! - 2
    const before = previous < 0 ? units : reached[previous]!
    // Every step but the converting one is reached over the required step before it.
    const onward =
      index === params.converts - 1 ? total((row) => (row.converted ? row.onward : 0)) : reached[index]!
    return {
      name: step.name,
      index,
      optional: step.optional,
      reached: reached[index]!,
      fromStart: wilson(reached[index]!, units),
      fromPrevious: index === 0 ? { value: 1, low: 1, high: 1 } : wilson(Math.min(onward, before), before),
      droppedOff: total((row) => (!row.converted && row.furthest === index + 1 ? row.units : 0)),
      timeToNext: timeFrom(index + 1),
      ready,
      readiness: target === undefined ? null : { p75AtMost: target, met: ready ? ready.p75 <= target : null },
      attempts: {
        mean: visited ? visited.visits / visited.runs : 0,
        returned: visited?.returned ?? 0,
        failed: visited?.failed ?? 0,
      },
    }
  })
  return {
    name: journey.name,
    version: journey.version,
    runs: units,
    conversions,
    rate: wilson(conversions, units),
    value: values.map(({ currency, amount }) => ({ currency, amount })),
    timeToConvert: timeFrom(0),
    steps,
    capped: total((row) => row.capped),
  }
}
