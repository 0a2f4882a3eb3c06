import type { Journey } from '@throughline/core'
import type { QueryParams } from '../engine'
import type { Report, Scope } from './tables'

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
 * Computes the runs of a scope, step by step: the engine takes long to plan what is nested deeply. Each step is let go
 * of as soon as the next one has read it.
 */
export async function keepRuns(scope: Scope): Promise<void> {
  let before: string | undefined
  for (const step of ['gathered', 'paths', 'timed', 'run_units', 'runs']) {
    await scope.keep(step)
    if (before) await scope.drop(before)
    before = step
  }
}

/**
 * A journey's runs, ready to be asked.
 *
 * @param params what all queries of the report take
 * @param journeys all that are declared: a run of a version that none of them has is in nobody's scope
 * @param shared the tables of the whole report: aliases (links), crawlers and tests (machines)
 * @param from runs from here on are read: hypotheses also ask for those before the window
 */
export async function openJourney(
  report: Report,
  params: QueryParams,
  journey: Journey,
  window: Window,
  { by, from, shared }: { by: 'run' | 'subject'; from: number; shared: Readonly<Record<string, string>> },
): Promise<Scope> {
  const scope = report.scope(
    {
      ...params,
      ...foldParams(journey),
      ...windowParams(window),
      versions: [journey.version],
      listed: 1,
      from,
      asOf: window.until,
    },
    shared,
  )
  await keepRuns(scope)
  if (by === 'subject') await scope.keep('subjects')
  await scope.keep('steps')
  return scope.extend({}, { counted: scope.textOf(by === 'run' ? 'runs' : 'subjects') })
}
