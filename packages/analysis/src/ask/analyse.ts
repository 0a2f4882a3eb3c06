import type { Hypothesis, Journey } from '@throughline/core'
import type { Engine } from '../engine'
import type { Part, Result, Synthetic } from '../result'
import { RESULT_SCHEMA_VERSION } from '../result'
import { arrivals } from './arrived'
import { withCauses } from './causes'
import { funnel } from './funnel'
import { analyseHypothesis } from './hypotheses'
import type { Window } from './journey-scope'
import { keepRuns, openJourney, windowParams } from './journey-scope'
import { latency } from './latency'
import { withReasons } from './leaving'
import { lostToEndpoints, lostToErrors } from './lost-conversions'
import { rounded } from './rounded'
import { satisfaction } from './satisfaction'
import { stepStrata } from './strata'
import type { Report, Scope } from './tables'
import { openReport } from './tables'
import { trust } from './trust'

/** What to look at. */
export interface AnalyseOptions {
  /** Runs that started from here on; from the first one if left out. */
  readonly since?: Date
  /** Runs that started before; also the moment as of which hypotheses are judged. Now if left out. */
  readonly until?: Date
  /** Count runs (the default), or subjects: the visits of all their runs, in order. */
  readonly by?: 'run' | 'subject'
  /** Crawlers and tests: left out, if left out. */
  readonly synthetic?: Synthetic
  /** The time zone in which dates are written, an IANA name; UTC if left out. */
  readonly timeZone?: string
  /** One journey's name; all if left out. */
  readonly journey?: string
  /** What is wanted besides how far runs came and whether that can be trusted; all if left out. */
  readonly parts?: readonly Part[]
  /** One hypothesis's id; all if left out. */
  readonly hypothesis?: string
  /** The error, by its key, whose cause is wanted; of the most expensive and frequent ones if left out. */
  readonly error?: string
  /** The present, for the report's date. */
  readonly now?: Date
}

/**
 * Joins latency and errors to conversion: runs every query and draws the conclusions.
 *
 * @throws TypeError when `options.journey` or a hypothesis names a journey that is not declared; whatever the engine
 * throws
 */
export async function analyse(
  engine: Engine,
  definitions: { readonly journeys: readonly Journey[]; readonly hypotheses: readonly Hypothesis[] },
  options: AnalyseOptions = {},
): Promise<Result> {
  const report = await openReport(engine)
  try {
    return await answer(report, definitions, options)
  } finally {
    await report.close()
  }
}

async function answer(
  report: Report,
  definitions: { readonly journeys: readonly Journey[]; readonly hypotheses: readonly Hypothesis[] },
  options: AnalyseOptions,
): Promise<Result> {
  const now = options.now ?? new Date()
  const until = (options.until ?? now).getTime()
  const by = options.by ?? 'run'
  /** The newest declared version of a journey. */
  const find = (name: string, who: string): Journey => {
    const [newest] = definitions.journeys
      .filter((declared) => declared.name === name)
      .sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }))
    const names = [...new Set(definitions.journeys.map((declared) => declared.name))].join(', ')
    if (!newest)
      throw new TypeError(`throughline: ${who} names the journey "${name}", which is none of: ${names}`)
    return newest
  }
  if (options.journey) find(options.journey, 'the report')
  const journeys = definitions.journeys.filter(({ name }) => !options.journey || name === options.journey)
  const names = [...new Set(journeys.map(({ name }) => name))]
  const wants = (part: Part) => options.parts?.includes(part) ?? true
  const hypotheses = definitions.hypotheses.filter(
    ({ journey, id }) =>
      wants('hypotheses') &&
      (!options.journey || journey === options.journey) &&
      (!options.hypothesis || id === options.hypothesis),
  )

  const synthetic = options.synthetic ?? 'exclude'
  const timeZone = options.timeZone ?? 'UTC'
  const everything = report.scope({ synthetic })
  await everything.keep('links')
  await everything.keep('machines')
  const shared = { links: everything.textOf('links'), machines: everything.textOf('machines') }
  // A run of the future counts as of now.
  const earliest = async () =>
    Math.min(
      (await everything.ask<{ since: number }>('first-run', { journeys: names }))[0]!.since,
      now.getTime() - 1,
    )
  const since = options.since?.getTime() ?? (await earliest())
  const window: Window = { since, until, now: now.getTime() }
  // Hypotheses ask for what their subjects did before the window, as far as it can count.
  const before = (name: string) => {
    const asked = hypotheses.some((hypothesis) => hypothesis.journey === name)
    const longest = Math.max(...journeys.map((journey) => (journey.name === name ? journey.within : 0)))
    return Math.max(0, since - (asked ? longest : 0))
  }
  const from = Math.min(...names.map(before))
  const arrived = await arrivals(everything.extend({ ...windowParams(window), from }))

  let cappedRuns = 0
  const results: Result['journeys'][number][] = []
  const scopes = new Map<Journey, Scope>()
  for (const journey of journeys) {
    const scope = await openJourney(report, { synthetic }, journey, window, {
      by,
      from: before(journey.name),
      shared,
    })
    scopes.set(journey, scope)
    const { capped, ...counted } = await funnel(scope, journey, by)
    cappedRuns += capped
    const strata = await stepStrata(scope)
    const errors = wants('errors') ? await lostToErrors(scope, strata, counted) : []
    results.push({
      ...counted,
      steps: wants('funnel') ? await withReasons(scope, journey, counted.steps) : counted.steps,
      latency: wants('latency') ? await latency(scope, counted.steps, strata) : [],
      errors: await withCauses(scope, errors, options.error),
      endpoints: wants('endpoints') ? await lostToEndpoints(scope, counted) : [],
      satisfaction: wants('funnel') ? await satisfaction(scope, counted.steps) : [],
    })
  }
  const judged: [Hypothesis, Result['hypotheses'][number]][] = []
  for (const hypothesis of hypotheses) {
    const journey = find(hypothesis.journey, `hypothesis "${hypothesis.id}"`)
    // An experiment goes on when its journey's version changes: runs of every version count, by the rules of this one.
    const scope = scopes.get(journey)!
    const alone = arrived.versionsOf(journey.name).every((version) => version === journey.version)
    const runs = alone ? scope : report.scope({ ...scope.params, versions: [], listed: 0 }, shared)
    if (!alone) await keepRuns(runs)
    judged.push([hypothesis, await analyseHypothesis(runs, hypothesis, journey, window, timeZone)])
  }
  const [machines] = await everything.ask<{ runs: number }>('synthetic-runs', {
    ...windowParams(window),
    journeys: names,
  })
  const machinesLeft = { shown: synthetic, runs: machines!.runs }
  return rounded({
    schemaVersion: RESULT_SCHEMA_VERSION,
    generatedAt: now.toISOString(),
    since: new Date(since).toISOString(),
    // Judged as of a moment that is still to come, it reports what has been until now.
    until: new Date(Math.min(until, now.getTime())).toISOString(),
    timeZone,
    synthetic: machinesLeft,
    unit: by,
    journeys: results,
    hypotheses: judged.map(([, result]) => result),
    trust: await trust(everything, window, {
      cappedRuns,
      scopes,
      arrived,
      judged,
      declared: definitions.hypotheses,
      synthetic: machinesLeft,
    }),
  })
}
