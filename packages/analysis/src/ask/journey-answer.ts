import type { Journey } from '@throughline/core'
import type { JourneyResult } from '../result'
import { compareWith } from './against'
import type { Asked } from './asked'
import { withCauses } from './causes'
import type { Funnel } from './funnel'
import { funnel } from './funnel'
import { cellsOf } from './hours'
import { incidentCosts } from './incidents'
import { openJourney, select } from './journey-scope'
import { latency } from './latency'
import { withReasons } from './leaving'
import { lostToEndpoints, lostToErrors } from './lost-conversions'
import { breakDown, trendOf } from './parts'
import { rank } from './ranking'
import { satisfaction } from './satisfaction'
import { stepStrata } from './strata'
import type { Scope } from './tables'

/** What there is to say of one journey. */
export interface JourneyAnswer {
  readonly result: JourneyResult
  /** Its runs, for hypotheses and for what may be wrong with them. */
  readonly scope: Scope
  readonly doubts: Funnel['doubts']
}

/**
 * Asks everything about one journey.
 *
 * @param from runs from here on are read (ms): hypotheses also ask for those before the window
 */
export async function answerJourney(asked: Asked, journey: Journey, from: number): Promise<JourneyAnswer> {
  const { report, params, shared, window, ends, by, where, wants, timeZone, marks } = asked
  const all = await openJourney(report, params, journey, window, { from, asOf: window.until, shared })
  const scope = await select(all, by, where)
  await scope.keep('steps')
  const { doubts, ...counted } = await funnel(scope, journey, by)
  const strata = await stepStrata(scope)
  const steps = counted.steps.filter(({ name }) => asked.step === undefined || name === asked.step)
  const measured = wants('latency') ? await latency(scope, steps, strata) : []
  const errors = wants('errors') ? await lostToErrors(scope, strata, counted) : []
  const endpoints = wants('endpoints') ? await lostToEndpoints(scope, counted) : []
  const matureUntil = ends - journey.within
  const isMarked = marks.some(({ kind }) => kind === 'incident')
  const time = { since: window.since, until: matureUntil, timeZone }
  const result: JourneyResult = {
    ...counted,
    steps: wants('funnel') ? await withReasons(scope, journey, counted.steps) : counted.steps,
    latency: measured,
    errors: await withCauses(scope, errors, asked.error),
    endpoints,
    satisfaction: wants('funnel') ? await satisfaction(scope, counted.steps) : [],
    ranking: rank(measured, [...errors, ...endpoints], counted),
    breakdown: asked.breakdown === undefined ? null : await breakDown(scope, journey, by, asked.breakdown),
    trend: asked.edges ? await trendOf(scope, journey, by, asked.edges, ends) : null,
    change: asked.other ? await compareWith(asked, { all, scope }, journey, asked.other, matureUntil) : null,
    incidents: isMarked ? incidentCosts(marks, await cellsOf(scope, by), time, counted) : [],
  }
  return { result, scope, doubts }
}
