import type { Hypothesis, Journey } from '@throughline/core'
import type { Engine } from './engine'
import { funnel } from './funnel'
import { analyseHypothesis } from './hypotheses'
import { latency } from './latency'
import { lostToEndpoints, lostToErrors } from './lost-conversions'
import { runQuery } from './queries'
import type { Result } from './result'
import { stepStrata } from './strata'
import { trust } from './trust'

/** What to look at. */
export interface AnalyseOptions {
  /** Runs that started from here on; from the first one if left out. */
  readonly since?: Date
  /** Runs that started before; also the moment as of which hypotheses are judged. Now if left out. */
  readonly until?: Date
  /** Count runs (the default), or subjects by their best run. */
  readonly by?: 'run' | 'subject'
  /** One journey's name; all if left out. */
  readonly journey?: string
  /** The present, for the report's date. */
  readonly now?: Date
}

/**
 * Joins latency and errors to conversion: runs every query and draws the conclusions.
 *
 * @throws TypeError when `options.journey` or a hypothesis names a journey that is not declared; whatever the engine throws
 */
export async function analyse(
  engine: Engine,
  definitions: { readonly journeys: readonly Journey[]; readonly hypotheses: readonly Hypothesis[] },
  options: AnalyseOptions = {},
): Promise<Result> {
  const now = options.now ?? new Date()
  const until = (options.until ?? now).getTime()
  const by = options.by ?? 'run'
  /** All declared versions of a journey, the newest first. */
  const find = (name: string, who: string): [Journey, ...Journey[]] => {
    const [newest, ...older] = definitions.journeys
      .filter((declared) => declared.name === name)
      .sort((a, b) => b.version.localeCompare(a.version, 'en', { numeric: true }))
    const names = [...new Set(definitions.journeys.map((declared) => declared.name))].join(', ')
    if (!newest)
      throw new TypeError(`throughline: ${who} names the journey "${name}", which is none of: ${names}`)
    return [newest, ...older]
  }
  const journeys = options.journey ? find(options.journey, 'the report') : definitions.journeys
  const since =
    options.since?.getTime() ?? (await runQuery<{ since: number }>(engine, 'first-run', {}))[0]!.since
  const window = { since, until }

  let cappedRuns = 0
  const results: Result['journeys'][number][] = []
  for (const journey of journeys) {
    const { capped, ...counted } = await funnel(engine, journey, window, by)
    cappedRuns += capped
    const strata = await stepStrata(engine, journey, window)
    results.push({
      ...counted,
      latency: await latency(engine, journey, window, counted.steps, strata),
      errors: await lostToErrors(engine, journey, window, strata, counted),
      endpoints: await lostToEndpoints(engine, journey, window, counted),
    })
  }
  const hypotheses: [Hypothesis, Result['hypotheses'][number]][] = []
  for (const hypothesis of definitions.hypotheses) {
    if (options.journey && hypothesis.journey !== options.journey) continue
    const [journey] = find(hypothesis.journey, `hypothesis "${hypothesis.id}"`)
    hypotheses.push([hypothesis, await analyseHypothesis(engine, hypothesis, journey, window)])
  }
  return {
    generatedAt: now.toISOString(),
    since: new Date(since).toISOString(),
    // Judged as of a moment that is still to come, it reports what has been until now.
    until: new Date(Math.min(until, now.getTime())).toISOString(),
    unit: by,
    journeys: results,
    hypotheses: hypotheses.map(([, result]) => result),
    trust: await trust(engine, window, cappedRuns, journeys, hypotheses),
  }
}
