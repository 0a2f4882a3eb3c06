import { readFileSync } from 'node:fs'
import type { Journey } from '@throughline/core'
import type { Engine, QueryParams } from './engine'

const texts = new Map<string, string>()

/** Runs the query in `sql/queries/<name>.sql`. */
export function runQuery<Row>(engine: Engine, name: string, params: QueryParams): Promise<Row[]> {
  const text = texts.get(name) ?? readFileSync(new URL(`../sql/queries/${name}.sql`, import.meta.url), 'utf8')
  texts.set(name, text)
  return engine.query<Row>(text, params)
}

/** Runs that started in this window, ms since the epoch; `until` is not in it. */
export interface Window {
  readonly since: number
  readonly until: number
}

/** The parameters of the view `throughline_runs`. */
export function runsParams({ name, version, steps, converts, within }: Journey, window: Window) {
  let previous = 1
  return {
    journey: name,
    version,
    steps: steps.map((step) => step.name),
    previous: steps.map((step, index) => {
      const before = previous
      if (!step.optional) previous = index + 2
      return before
    }),
    converts: steps.findIndex((step) => step.name === converts) + 1,
    within,
    since: window.since,
    until: window.until,
  } satisfies QueryParams
}

/** The parameters of the view `throughline_units`. */
export const unitsParams = (journey: Journey, window: Window, by: 'run' | 'subject') => ({
  ...runsParams(journey, window),
  by,
})
