import type { Journey } from '@throughline/core'
import type { Engine } from '../engine'
import type { Synthetic } from '../result'
import { fill, queryText } from '../sql'
import type { Counts, FunnelRow } from './funnel'
import { countUnits } from './funnel'
import { foldParams, keepRuns, select, windowParams } from './journey-scope'
import type { Scope } from './tables'
import { openReport } from './tables'
import { whereParams } from './where'

/** What a funnel is about. */
export interface FunnelOptions {
  /** Runs that started from here on; all if left out. */
  readonly since?: Date
  /** Runs that started before; also the moment as of which they may still go on. Now if left out. */
  readonly until?: Date
  /** Crawlers and tests: left out, if left out. */
  readonly synthetic?: Synthetic
  readonly now?: Date
}

interface Way {
  converted: boolean
  going: boolean
  /** The steps that were visited, by bits. */
  reached: number
  units: number
}

type Fold = ReturnType<typeof foldParams>

/** Bits of a number of 53 that arithmetic is exact for; a journey of more steps goes the long way. */
const MOST_STEPS = 50

const bit = (place: number) => 2 ** (place - 1)

/** The required steps before a step, by place, the nearest first. */
function before({ previous }: Fold, place: number): number[] {
  const required = previous[place - 1]!
  return required ? [required, ...before({ previous } as Fold, required)] : []
}

/** The part of direct.sql that there is once for each step. */
function writeSteps({ steps, previous }: Fold) {
  const places = steps.map((_, index) => index + 1)
  return {
    minima: places
      .map((place) => `minIf(number, step = {steps:Array(String)}[${place}]) AS first_${place}`)
      .join(', '),
    reached: places.map((place) => `bitShiftLeft(toUInt64(first_${place} > 0), ${place - 1})`).join(' + '),
    in_order:
      places
        .filter((place) => previous[place - 1])
        .map((place) => `(first_${place} = 0 OR first_${place} > first_${previous[place - 1]})`)
        .join(' AND ') || 'true',
  }
}

/** A way, as the long way would count those who went it: what lies behind a required step that is missing is not reached. */
function rowOf({ converted, going, reached, units }: Way, fold: Fold): FunnelRow {
  const visited = (place: number) => Math.floor(reached / bit(place)) % 2 === 1
  const counts = fold.steps.map((_, index) => [index + 1, ...before(fold, index + 1)].every(visited))
  const required = fold.previous[fold.converts - 1]!
  return {
    later: false,
    converted,
    going,
    furthest: counts.lastIndexOf(true) + 1,
    units,
    capped: 0,
    undated: 0,
    reached: counts.map((count) => (count ? units : 0)),
    onward: required === 0 || counts[required - 1] ? units : 0,
  }
}

/** The long way, for all runs of a scope or those that are doubted. */
async function countLong(scope: Scope): Promise<FunnelRow[]> {
  await keepRuns(scope)
  return (await select(scope, 'run', [])).ask<FunnelRow>('funnel')
}

async function rowsOf(scope: Scope, fold: Fold): Promise<FunnelRow[]> {
  if (!scope.keeps || fold.steps.length > MOST_STEPS) return countLong(scope)
  const sum = (places: readonly number[]) => places.reduce((bits, place) => bits + bit(place), 0)
  const params = {
    beginning: bit(fold.required + 1) - 1,
    whole: sum([fold.converts, ...before(fold, fold.converts)]),
  }
  const text = fill(queryText('direct'), { ...writeSteps(fold), machines: scope.textOf('machines') })
  const direct = scope.extend(params, { direct: `(${text})` })
  await direct.keep('direct')
  const ways = await direct.ask<Way>('ways')
  const rows = ways.map((way) => rowOf(way, fold))
  const [doubted] = await direct.ask<{ runs: number }>('doubted')
  if (!doubted!.runs) return rows
  const narrowed = `(SELECT doubted AS run_id FROM ${direct.textOf('direct')})`
  return [...rows, ...(await countLong(direct.extend({ narrowed: 1 }, { narrowed })))]
}

/**
 * Counts how far the runs of one journey came, and nothing else: the figures of `analyse`, sooner. Nearly all runs can be
 * counted without putting their visits in order; the others go the way of the report.
 *
 * @throws whatever the engine throws
 * @example
 * const { rate, steps } = await countFunnel(engine, checkout, { since: new Date('2026-11-01') })
 */
export async function countFunnel(
  engine: Engine,
  journey: Journey,
  { synthetic = 'exclude', ...options }: FunnelOptions = {},
): Promise<Counts> {
  const now = options.now ?? new Date()
  const until = (options.until ?? now).getTime()
  const since = options.since?.getTime() ?? 0
  const fold = foldParams(journey)
  const report = await openReport(engine)
  try {
    const scope = report.scope({
      ...fold,
      ...windowParams({ since, until, now: now.getTime() }),
      ...whereParams([], [], {}),
      synthetic,
      versions: [journey.version],
      listed: 1,
      from: since,
      asOf: until,
      told: [],
    })
    await scope.keep('machines')
    return countUnits(await rowsOf(scope, fold), journey)
  } finally {
    await report.close()
  }
}
