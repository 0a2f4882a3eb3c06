import type { Journey } from '@throughline/core'
import type { Definitions } from '../config'
import type { Engine } from '../engine'
import type { AnalyseOptions } from './analyse'
import { declaredAs } from './declared'
import { openRuns } from './open-runs'
import type { Scope } from './tables'

/** How a run ended: by a report, or, without one, by what it did and when. */
export type RunEnd = 'converted' | 'failed' | 'abandoned' | 'left' | 'going'

/** One run and what became of it. */
export interface RunSummary {
  readonly run: string
  readonly journey: string
  readonly version: string
  /** ISO 8601, by the id. */
  readonly start: string
  /** Of the page; empty where it did not say. */
  readonly release: string
  readonly browser: string
  readonly device: string
  readonly country: string
  /** The furthest step that counts; null if none does. */
  readonly furthest: string | null
  readonly end: RunEnd
  /** Whose word the end is; null where nobody reported one. */
  readonly endedBy: 'browser' | 'server' | null
  /** ms from the first enter to the conversion; null if it did not convert, or nobody can tell when. */
  readonly timeToConvert: number | null
  readonly value: { readonly amount: number; readonly currency: string } | null
  readonly visits: number
  readonly errors: number
  /** It began behind the first required step. */
  readonly beganLater: boolean
}

/** Which runs. */
export interface RunsOptions
  extends Pick<AnalyseOptions, 'since' | 'until' | 'journey' | 'synthetic' | 'where' | 'now'> {
  /** The newest so many; 20 if left out. */
  readonly limit?: number
  /** Only this one. */
  readonly run?: string
}

interface RunRow {
  run: string
  began: number
  started: number
  converted: boolean
  going: boolean
  later: boolean
  /** Nobody can tell when it converted. */
  undated: boolean
  outcome: string
  byServer: boolean
  finishedAt: number
  valued: boolean
  value: number
  currency: string
  furthest: number
  visits: number
  device: string
  country: string
}

/** Pages say what they are when a step is entered: within so long of the run's start, in ms, or not at all. */
const FACTS_WITHIN = 2 * 864e5

function endOf({ converted, going, outcome }: RunRow): RunEnd {
  if (converted) return 'converted'
  if (outcome === 'failed' || outcome === 'abandoned') return outcome
  return going ? 'going' : 'left'
}

async function runsOf(scope: Scope, journey: Journey, limit: number, one: string): Promise<RunSummary[]> {
  const rows = await scope.ask<RunRow>('recent-runs', { limit, one })
  if (!rows.length) return []
  const runs = rows.map(({ run }) => run)
  const began = rows.map((row) => row.began)
  const [facts, errors] = await Promise.all([
    scope.ask<{ run: string; release: string; browser: string }>('run-facts', {
      runs,
      from: Math.min(...began) - FACTS_WITHIN,
      last: Math.max(...began) + FACTS_WITHIN,
    }),
    scope.ask<{ run: string; errors: number }>('run-errors', { runs }),
  ])
  return rows.map((row): RunSummary => {
    const fact = facts.find(({ run }) => run === row.run)
    return {
      run: row.run,
      journey: journey.name,
      version: journey.version,
      start: new Date(row.began).toISOString(),
      release: fact?.release ?? '',
      browser: fact?.browser ?? '',
      device: row.device,
      country: row.country,
      furthest: journey.steps[row.furthest - 1]?.name ?? null,
      end: endOf(row),
      endedBy: row.outcome ? (row.byServer ? 'server' : 'browser') : null,
      timeToConvert: row.converted && !row.undated ? Math.max(0, row.finishedAt - row.started) : null,
      value: row.valued && row.converted ? { amount: row.value, currency: row.currency } : null,
      visits: row.visits,
      errors: errors.find(({ run }) => run === row.run)?.errors ?? 0,
      beganLater: row.later,
    }
  })
}

/**
 * The newest runs of the declared journeys, and what became of each.
 *
 * @throws TypeError when `options.journey` is not declared; Advice when a filter is not known; whatever the engine throws
 */
export async function recentRuns(
  engine: Engine,
  definitions: Definitions,
  options: RunsOptions = {},
): Promise<RunSummary[]> {
  const now = (options.now ?? new Date()).getTime()
  const until = options.until?.getTime() ?? now
  const { limit = 20, run = '' } = options
  const window = { since: options.since?.getTime() ?? 0, until, now }
  const wanted = declaredAs(definitions.journeys, options.journey)
  const { scopes, close } = await openRuns(
    engine,
    { ...definitions, journeys: wanted },
    { window, synthetic: options.synthetic ?? 'exclude', where: options.where ?? [] },
  )
  try {
    const found: RunSummary[] = []
    for (const [journey, scope] of scopes) found.push(...(await runsOf(scope, journey, limit, run)))
    return found
      .sort((a, b) => (a.start < b.start ? 1 : a.start > b.start ? -1 : a.run < b.run ? 1 : -1))
      .slice(0, limit)
  } finally {
    await close()
  }
}
