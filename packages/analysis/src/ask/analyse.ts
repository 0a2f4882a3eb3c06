import type { Hypothesis, Journey } from '@throughline/core'
import { Advice } from '../advice'
import type { Engine } from '../engine'
import type { ReportPart, Result, Synthetic } from '../result'
import { RESULT_SCHEMA_VERSION } from '../result'
import { arrivals } from './arrived'
import type { Every } from './calendar'
import { bucketsOf } from './calendar'
import { withCauses } from './causes'
import { changeOf } from './change'
import { funnel } from './funnel'
import { cellsOf } from './hours'
import { analyseHypothesis } from './hypotheses'
import { incidentCosts } from './incidents'
import type { Window } from './journey-scope'
import { keepRuns, openJourney, select, windowParams } from './journey-scope'
import { latency } from './latency'
import { withReasons } from './leaving'
import { lostToEndpoints, lostToErrors } from './lost-conversions'
import { marksIn } from './marks'
import { breakDown, trendOf } from './parts'
import { rank } from './ranking'
import { rounded } from './rounded'
import { satisfaction } from './satisfaction'
import { stepStrata } from './strata'
import type { Report, Scope } from './tables'
import { openReport } from './tables'
import { trust } from './trust'
import type { Nameable } from './where'
import { checkTrait, parseWhere, whereParams } from './where'

/** What to look at. */
export interface AnalyseOptions {
  /** Runs that started from here on; from the first one if left out. */
  readonly since?: Date
  /** Runs that started before; also the moment as of which hypotheses are judged. Now if left out. */
  readonly until?: Date
  /** Count runs (the default), or subjects: the visits of all their runs, in order. */
  readonly by?: 'run' | 'subject'
  /**
   * Only runs that match: `key=value`. The same key several times means "or", different keys mean "and". Keys are
   * browser, browser.version, os, device, network, country, language, release, variant.<hypothesis>, error, endpoint,
   * reached, dropped, converted, and the config's own dimensions. An empty value stands for runs that have none.
   */
  readonly where?: readonly string[]
  /** Breaks each journey down by the values of such a key: the ten largest, all others, and runs without any. */
  readonly breakdown?: string
  /** Latency, errors and endpoints of this step alone. */
  readonly step?: string
  /** Shows each journey over time. */
  readonly every?: Every
  /** Says how figures differ: from the time before, of the same length; from a release; or from another time. */
  readonly against?: 'previous' | (string & {}) | { readonly since: Date; readonly until: Date }
  /** Crawlers and tests: left out, if left out. */
  readonly synthetic?: Synthetic
  /** The time zone in which dates are written, an IANA name; UTC if left out. */
  readonly timeZone?: string
  /** One journey's name; all if left out. */
  readonly journey?: string
  /** What is wanted besides how far runs came and whether that can be trusted; all if left out. */
  readonly parts?: readonly ReportPart[]
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
 * @throws TypeError when `options.journey` or a hypothesis names a journey that is not declared; an error that says
 * what there is when `options` name a filter, a dimension or a step that is not known; whatever the engine throws
 */
export async function analyse(
  engine: Engine,
  definitions: Nameable,
  options: AnalyseOptions = {},
): Promise<Result> {
  const report = await openReport(engine)
  try {
    return await answer(report, definitions, options)
  } finally {
    await report.close()
  }
}

function checkStep(step: string, journeys: readonly Journey[]): void {
  const known = [...new Set(journeys.flatMap(({ steps }) => steps.map(({ name }) => name)))]
  if (!known.includes(step))
    throw new Advice(`step is "${step.slice(0, 100)}"; write one of ${known.join(', ')}`)
}

/** Runs that are compared with those of the report: of which time, and which release. */
interface Other {
  readonly text: string
  readonly since: number
  readonly until: number
  readonly release?: string
}

function otherOf(against: NonNullable<AnalyseOptions['against']>, since: number, until: number): Other {
  if (against === 'previous') return { text: 'previous', since: since - (until - since), until: since }
  if (typeof against === 'string') return { text: against, since, until, release: against }
  const [from, to] = [against.since, against.until]
  return { text: `${from.toISOString()}..${to.toISOString()}`, since: from.getTime(), until: to.getTime() }
}

async function answer(report: Report, definitions: Nameable, options: AnalyseOptions): Promise<Result> {
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
  const wants = (part: ReportPart) => options.parts?.includes(part) ?? true
  const hypotheses = definitions.hypotheses.filter(
    ({ journey, id }) =>
      wants('hypotheses') &&
      (!options.journey || journey === options.journey) &&
      (!options.hypothesis || id === options.hypothesis),
  )

  const where = parseWhere(options.where ?? [], { ...definitions, journeys })
  const breakdown = options.breakdown === undefined ? undefined : checkTrait(options.breakdown, definitions)
  if (options.step !== undefined) checkStep(options.step, journeys)
  const { every, against } = options

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
  const edges = every && bucketsOf(since, Math.min(until, now.getTime()), every, timeZone)
  const other = against === undefined ? undefined : otherOf(against, since, Math.min(until, now.getTime()))
  const marks = await marksIn(everything, names, window)
  const facts = [
    ...(breakdown === undefined ? [] : [breakdown]),
    ...(other?.release === undefined ? [] : ['release']),
  ]
  const params = { synthetic, only: options.step ?? '', ...whereParams(where, facts, definitions) }

  /** The runs of the report against those of another time, or of one release against all others. */
  async function compareWith(
    all: Scope,
    scope: Scope,
    journey: Journey,
    { text, release, ...time }: Other,
    matureUntil: number,
  ) {
    const options = { by, against: text, timeZone, matureUntil, apart: release === undefined }
    const of = (own: Scope, { since, until }: { since: number; until: number }) => ({
      scope: own,
      since,
      until,
    })
    const rest = where.filter(({ key }) => key !== 'release')
    if (release === undefined) {
      const there = { ...time, now: now.getTime() }
      const others = await openJourney(report, params, journey, there, {
        from: time.since,
        asOf: until,
        shared,
      })
      const before = of(await select(others, by, where), time)
      return changeOf(journey, [of(scope, { since, until }), before], options)
    }
    const own =
      rest.length < where.length ? scope : await select(all, by, where, [{ key: 'release', value: release }])
    const others = await select(all, by, [...rest, { key: 'release', values: [release] }])
    return changeOf(journey, [of(own, time), of(others, time)], options)
  }

  let [cappedRuns, undated] = [0, 0]
  const results: Result['journeys'][number][] = []
  const scopes = new Map<Journey, Scope>()
  for (const journey of journeys) {
    const all = await openJourney(report, params, journey, window, {
      from: before(journey.name),
      asOf: until,
      shared,
    })
    const scope = await select(all, by, where)
    await scope.keep('steps')
    scopes.set(journey, scope)
    const { doubts, ...counted } = await funnel(scope, journey, by)
    cappedRuns += doubts.capped
    undated += doubts.undated
    const strata = await stepStrata(scope)
    const measured = wants('latency')
      ? await latency(
          scope,
          counted.steps.filter(({ name }) => !options.step || name === options.step),
          strata,
        )
      : []
    const errors = wants('errors') ? await lostToErrors(scope, strata, counted) : []
    const endpoints = wants('endpoints') ? await lostToEndpoints(scope, counted) : []
    const matureUntil = Math.min(until, now.getTime()) - journey.within
    const isMarked = marks.some(({ kind }) => kind === 'incident')
    results.push({
      ...counted,
      steps: wants('funnel') ? await withReasons(scope, journey, counted.steps) : counted.steps,
      latency: measured,
      errors: await withCauses(scope, errors, options.error),
      endpoints,
      satisfaction: wants('funnel') ? await satisfaction(scope, counted.steps) : [],
      ranking: rank(measured, [...errors, ...endpoints], counted),
      breakdown: breakdown === undefined ? null : await breakDown(scope, journey, by, breakdown),
      trend: edges ? await trendOf(scope, journey, by, edges, Math.min(until, now.getTime())) : null,
      change: other ? await compareWith(all, scope, journey, other, matureUntil) : null,
      incidents: isMarked
        ? incidentCosts(marks, await cellsOf(scope, by), { since, until: matureUntil, timeZone }, counted)
        : [],
    })
  }
  async function ofAllVersions({ params: own }: Scope): Promise<Scope> {
    const all = report.scope({ ...own, versions: [], listed: 0 }, shared)
    await keepRuns(all)
    return select(all, 'run', where)
  }
  const judged: [Hypothesis, Result['hypotheses'][number]][] = []
  for (const hypothesis of hypotheses) {
    const journey = find(hypothesis.journey, `hypothesis "${hypothesis.id}"`)
    // An experiment goes on when its journey's version changes: runs of every version count, by the rules of this one.
    const scope = scopes.get(journey)!
    const alone = arrived.versionsOf(journey.name).every((version) => version === journey.version)
    const runs = alone ? scope : await ofAllVersions(scope)
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
    cut: {
      where,
      step: options.step ?? null,
      by: breakdown ?? null,
      every: every ?? null,
      against: other?.text ?? null,
    },
    marks,
    journeys: results,
    hypotheses: judged.map(([, result]) => result),
    trust: await trust(everything, window, {
      cappedRuns,
      undated,
      scopes,
      arrived,
      judged,
      where,
      declared: definitions.hypotheses,
      synthetic: machinesLeft,
    }),
  })
}
