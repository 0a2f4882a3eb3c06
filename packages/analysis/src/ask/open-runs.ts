import type { Journey } from '@throughline/core'
import type { Engine } from '../engine'
import type { Synthetic } from '../result'
import type { Window } from './journey-scope'
import { openJourney } from './journey-scope'
import type { Scope } from './tables'
import { openReport } from './tables'

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
}

/**
 * Computes the runs of journeys that started in a window, by the same queries as a report.
 *
 * @throws whatever the engine throws
 */
export async function openRuns(
  engine: Engine,
  journeys: readonly Journey[],
  { window, synthetic }: RunsWanted,
): Promise<OpenRuns> {
  const report = await openReport(engine)
  try {
    const everything = report.scope({ synthetic })
    await everything.keep('links')
    await everything.keep('machines')
    const shared = { links: everything.textOf('links'), machines: everything.textOf('machines') }
    const scopes = new Map<Journey, Scope>()
    for (const journey of journeys)
      scopes.set(
        journey,
        await openJourney(report, { synthetic }, journey, window, { by: 'run', from: window.since, shared }),
      )
    return { scopes, close: () => report.close() }
  } catch (error) {
    await report.close()
    throw error
  }
}
