import type { Gathering } from './gathering'
import { aboutRuns } from './journey-scope'
import { MARK_BOUNDS } from './latency'
import type { Scope } from './tables'

// What was measured on visits, and what they called, is read from the largest tables there are. No filter changes it,
// so it is computed once for all runs of a journey; each cut joins it to the first visits of its own runs.

/** Tables of a scope, by name. */
type Tables = Readonly<Record<string, string>>

/** What was measured on visits, and the types of navigation that are named there. */
export interface Vitals {
  readonly tables: Tables
  readonly navigations: readonly string[]
}

/**
 * What is known of all visits, each computed when it is first asked for. An engine that keeps nothing computes it of the
 * runs that a question is about, in the question.
 */
export interface Visits {
  vitals(): Promise<Vitals>
  /** Of requests. */
  calls(): Promise<Tables>
  /** The first visits of all runs, and what their strata are. */
  steps(): Promise<Tables>
}

/** @param all a scope of all runs of a journey, which are kept by the gathering */
export function openVisits(all: Scope, { report, keepOnce }: Gathering): Visits {
  const about = aboutRuns(all.params)
  const folded = all.textOf('folded')
  const open = (tables: Tables) => report.scope(all.params, { ...tables, folded, runs: folded })
  /** What a scope has kept. */
  const kept = (scope: Scope, names: readonly string[]): Tables =>
    scope.keeps ? Object.fromEntries(names.map((name) => [name, scope.textOf(name)])) : {}

  const steps = () =>
    keepOnce(['steps', about], async () => {
      const scope = open({})
      await scope.keep('steps')
      await scope.keep('strata')
      return kept(scope, ['steps', 'strata'])
    })
  return {
    steps,
    vitals: () =>
      keepOnce(['vitals', about], async () => {
        const scope = open(await steps())
        const [found] = await scope.ask<{ types: string[] }>('navigations')
        const navigations = found?.types ?? []
        const own = scope.extend({ navigations, bounds: MARK_BOUNDS })
        await own.keep('reported')
        await own.keep('repeated')
        await own.keep('vital_marks')
        await own.drop('reported')
        await own.drop('repeated')
        return { navigations, tables: kept(own, ['vital_marks']) }
      }),
    calls: () =>
      keepOnce(['calls', about], async () => {
        const scope = open(await steps())
        await scope.keep('calls')
        await scope.keep('endpoint_medians')
        await scope.keep('visit_calls')
        await scope.drop('calls')
        return kept(scope, ['endpoint_medians', 'visit_calls'])
      }),
  }
}
