import type { Journey } from '@throughline/core'
import type { QueryParams } from '../engine'
import type { Gathering } from './gathering'
import { alone, askOnce } from './gathering'
import type { Report, Scope } from './tables'
import type { Filter, Unwanted, whereParams } from './where'
import { selectParams } from './where'

/** Runs that started in this window, ms since the epoch; `until` is not in it. */
export interface Window {
  readonly since: number
  readonly until: number
  /** The present. */
  readonly now: number
}

/** How far ahead of us a device's clock may be, in ms: what is further is refused on arrival. */
const FARTHEST_AHEAD = 3 * 864e5

/** The window as every query takes it. A run of the future counts as of now, so its day lies behind that of `until`. */
export const windowParams = ({ since, until, now }: Window) => ({
  since,
  until,
  now,
  last: until >= now ? Math.max(until, now + FARTHEST_AHEAD) : until,
})

/** How a journey's runs are folded: places are 1-based. */
export function foldParams({ name, steps, converts, within }: Journey) {
  let previous = 0
  return {
    journey: name,
    steps: steps.map((step) => step.name),
    // For each step the last required one before it.
    previous: steps.map((step, index) => {
      const before = previous
      if (!step.optional) previous = index + 1
      return before
    }),
    required: Math.max(1, steps.findIndex((step) => !step.optional) + 1),
    converts: steps.findIndex((step) => step.name === converts) + 1,
    within,
  } satisfies QueryParams
}

/**
 * Computes all runs of a scope, step by step: the engine takes long to plan what is nested deeply. Each step is let go
 * of once it has been read. Reading the visits is what takes long; filters then select among runs.
 */
export async function keepRuns(scope: Scope): Promise<void> {
  async function keep(name: string, ...read: readonly string[]) {
    await scope.keep(name)
    await Promise.all(read.map(scope.drop))
  }
  await Promise.all([
    keep('gathered').then(() => keep('paths', 'gathered')),
    keep('compared').then(() => keep('paired')),
    keep('outcomes'),
  ])
  await keep('timed', 'paths', 'compared', 'paired', 'outcomes')
  await keep('run_units', 'timed')
  await keep('folded', 'run_units')
}

/** What filters and a breakdown ask of each run, if there are any. */
export async function keepTraits(scope: Scope): Promise<void> {
  const { traits, declared, filters } = scope.params as ReturnType<typeof whereParams>
  if (traits.length + declared.length + filters.length > 0) await scope.keep('traits')
}

/**
 * The runs that filters select of all that are there, ready to be asked.
 *
 * @param all a scope whose runs are kept
 */
export async function select(
  all: Scope,
  by: 'run' | 'subject',
  where: readonly Filter[],
  unwanted: readonly Unwanted[] = [],
): Promise<Scope> {
  const isFiltered = where.length + unwanted.length > 0
  const own = all.extend({ ...selectParams(where, unwanted), filtered: isFiltered ? 1 : 0 })
  if (isFiltered) await own.keep('selected')
  const scope = own.extend({}, { runs: own.textOf(isFiltered ? 'selected' : 'folded') })
  if (by === 'subject') await scope.keep('subjects')
  return scope.extend({}, { counted: scope.textOf(by === 'run' ? 'runs' : 'subjects') })
}

/** What runs depend on: other cuts than these find the same ones gathered. */
const GATHERED_BY = [
  'journey',
  'versions',
  'listed',
  'synthetic',
  'since',
  'until',
  'now',
  'from',
  'asOf',
] as const

/** What says of which runs tables are that a gathering holds. */
export const aboutRuns = (params: QueryParams) => GATHERED_BY.map((name) => params[name])

/**
 * All runs of a journey, gathered if they have not been, and what filters ask of them.
 *
 * @param params what all queries of the report take, and those of the journey
 */
export async function gather(
  report: Report,
  params: QueryParams,
  shared: Readonly<Record<string, string>>,
  { report: holder, keepOnce }: Gathering,
): Promise<Scope> {
  const folded = await keepOnce(['runs', aboutRuns(params)], async () => {
    const runs = holder.scope(params, shared)
    await keepRuns(runs)
    return runs.textOf('folded')
  })
  const all = report.scope(params, { ...shared, folded })
  await keepTraits(all)
  return all
}

/**
 * All runs of a journey, of which `select` takes some.
 *
 * @param params what all queries of the report take
 * @param shared the tables of the whole report: aliases (links), crawlers and tests (machines)
 * @param from runs from here on are read: hypotheses also ask for those before the window
 * @param asOf the moment as of which it is said whether runs may still go on (ms)
 * @param gathering may hold its runs already
 */
export async function openJourney(
  report: Report,
  params: QueryParams,
  journey: Journey,
  window: Window,
  { from, asOf, shared }: { from: number; asOf: number; shared: Readonly<Record<string, string>> },
  gathering = alone(report),
): Promise<Scope> {
  const own = {
    ...params,
    ...foldParams(journey),
    ...windowParams(window),
    versions: [journey.version],
    listed: 1,
    from,
    asOf,
  }
  const { last } = own
  const ofJourney = gathering.report.scope({ journey: journey.name, from, last })
  const told = await askOnce(ofJourney, gathering.once).ask<{ step: string }>('told')
  return gather(report, { ...own, told: told.map(({ step }) => step) }, shared, gathering)
}
