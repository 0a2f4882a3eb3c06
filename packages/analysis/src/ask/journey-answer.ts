import type { Journey } from '@throughline/core'
import type { JourneyResult } from '../result'
import { compareWith } from './against'
import type { Asked } from './asked'
import { withCauses } from './causes'
import { withEndpointCauses } from './endpoint-causes'
import type { Visits } from './first-visits'
import { openVisits } from './first-visits'
import type { Funnel } from './funnel'
import { funnel } from './funnel'
import { cellsOf } from './hours'
import { incidentCosts } from './incidents'
import { openJourney, select } from './journey-scope'
import { latencyOf, measureLatency } from './latency'
import { withReasons } from './leaving'
import { callsOf, errorsMet, lostToEndpoints, lostToErrors } from './lost-conversions'
import { costsOf } from './part-costs'
import { breakDown, trendOf } from './parts'
import { rank } from './ranking'
import { satisfaction } from './satisfaction'
import { withSlowCauses } from './slow-causes'
import { stepStrata } from './strata'
import type { Scope } from './tables'

/** What there is to say of one journey. */
export interface JourneyAnswer {
  readonly result: JourneyResult
  /** Its runs, for hypotheses and for what may be wrong with them. */
  readonly scope: Scope
  readonly doubts: Funnel['doubts']
}

/** What is said of the selected runs as a whole. */
async function answerSelected(
  runs: Scope,
  visits: Visits,
  { by, step, wants, error, where }: Asked,
  journey: Journey,
) {
  const scope = runs.extend({}, where.length ? {} : await visits.steps())
  if (where.length) {
    await scope.keep('steps')
    await scope.keep('strata')
  }
  const [{ doubts, ...counted }, strata, vitals, met, calls] = await Promise.all([
    funnel(scope, journey, by),
    stepStrata(scope),
    wants('latency') ? visits.vitals() : undefined,
    wants('errors') ? errorsMet(scope) : undefined,
    wants('endpoints') ? callsOf(scope, visits) : [],
  ])
  const steps = counted.steps.filter(({ name }) => step === undefined || name === step)
  const measured = vitals ? latencyOf(await measureLatency(scope, vitals, steps), strata) : []
  const errors = met ? lostToErrors(met, strata, counted) : []
  const endpoints = lostToEndpoints(calls, counted)
  const ranking = rank(measured, [...errors, ...endpoints], counted)
  const [left, latency, errorsCaused, endpointsCaused, satisfied] = await Promise.all([
    wants('funnel') ? withReasons(scope, journey, counted.steps) : counted.steps,
    withSlowCauses(scope, measured, ranking.problems),
    withCauses(scope, errors, error),
    withEndpointCauses(scope, endpoints, calls),
    wants('funnel') ? satisfaction(scope, counted.steps) : [],
  ])
  const result = {
    ...counted,
    steps: left,
    latency,
    errors: errorsCaused,
    endpoints: endpointsCaused,
    satisfaction: satisfied,
    ranking,
  }
  return { result, doubts }
}

/**
 * Asks everything about one journey.
 *
 * @param from runs from here on are read (ms): hypotheses also ask for those before the window
 */
export async function answerJourney(asked: Asked, journey: Journey, from: number): Promise<JourneyAnswer> {
  const { report, gathering, params, shared, window, ends, by, where, timeZone, marks } = asked
  const places = { from, asOf: window.until, shared }
  const all = await openJourney(report, params, journey, window, places, gathering)
  const scope = await select(all, by, where)
  const visits = openVisits(all, gathering)
  const about = ['journey', journey.name, journey.version, from, asked.selection]
  const { result: found, doubts } = await gathering.once(about, () =>
    answerSelected(scope, visits, asked, journey),
  )
  const matureUntil = ends - journey.within
  const isMarked = marks.some(({ kind }) => kind === 'incident')
  const time = { since: window.since, until: matureUntil, timeZone }
  const costs = (shown: readonly string[]) => costsOf(scope, visits, asked, found, shown)
  const result: JourneyResult = {
    ...found,
    breakdown:
      asked.breakdown === undefined ? null : await breakDown(scope, journey, by, asked.breakdown, costs),
    trend: asked.edges ? await trendOf(scope, journey, by, asked.edges, ends) : null,
    change: asked.other ? await compareWith(asked, { all, scope }, journey, asked.other, matureUntil) : null,
    incidents: isMarked ? incidentCosts(marks, await cellsOf(scope, by), time, found) : [],
  }
  return { result, scope, doubts }
}
