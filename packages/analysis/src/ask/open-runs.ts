import type { Journey } from '@throughline/core'
import type { Engine } from '../engine'
import type { Synthetic } from '../result'
import { openEverything } from './everything'
import { alone } from './gathering'
import type { Window } from './journey-scope'
import { openJourney, select } from './journey-scope'
import type { Scope } from './tables'
import { openReport } from './tables'
import type { Nameable } from './where'
import { parseWhere, whereParams } from './where'

/** The runs of some journeys, for questions that stand beside the report. */
export interface OpenRuns {
  /** By journey, in the order given. */
  readonly scopes: ReadonlyMap<Journey, Scope>
  close(): Promise<void>
}

/** What `openRuns` is told. */
export interface RunsWanted {
  readonly window: Window
  readonly synthetic: Synthetic
  /** Filters, as `AnalyseOptions` has them. */
  readonly where: readonly string[]
}

/**
 * Computes the runs of journeys that started in a window and match all filters, by the same queries as a report.
 *
 * @throws Advice when a filter names what is not known; whatever the engine throws
 */
export async function openRuns(
  engine: Engine,
  definitions: Nameable,
  { window, synthetic, where }: RunsWanted,
): Promise<OpenRuns> {
  const filters = parseWhere(where, definitions)
  const params = { synthetic, ...whereParams(filters, [], definitions) }
  const report = await openReport(engine)
  try {
    const { shared } = await openEverything(alone(report), synthetic)
    const scopes = new Map<Journey, Scope>()
    for (const journey of definitions.journeys) {
      const all = await openJourney(report, params, journey, window, {
        from: window.since,
        asOf: window.until,
        shared,
      })
      scopes.set(journey, await select(all, 'run', filters))
    }
    return { scopes, close: () => report.close() }
  } catch (error) {
    await report.close()
    throw error
  }
}
