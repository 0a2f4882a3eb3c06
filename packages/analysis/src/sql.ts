import { readFileSync } from 'node:fs'
import type { Journey } from '@throughline/core'
import type { Engine, QueryParams } from './engine'

const texts = new Map<string, string>()

function load(name: string): string {
  const text = texts.get(name) ?? readFileSync(new URL(`../sql/queries/${name}.sql`, import.meta.url), 'utf8')
  texts.set(name, text)
  return text
}

/** Runs the query in `sql/queries/<name>.sql`. */
export const runQuery = <Row>(engine: Engine, name: string, params: QueryParams): Promise<Row[]> =>
  engine.query<Row>(load(name), params)

/** The same over what is counted: runs, or each subject's best run. Both views have the same columns. */
export const runUnitsQuery = <Row>(
  engine: Engine,
  name: string,
  by: 'run' | 'subject',
  params: QueryParams,
): Promise<Row[]> =>
  engine.query<Row>(
    by === 'run' ? load(name) : load(name).replace('throughline_runs(', 'throughline_best_runs('),
    params,
  )

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
