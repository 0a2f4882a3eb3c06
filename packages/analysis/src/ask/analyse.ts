import type { Hypothesis, Journey } from '@throughline/core'
import { Advice } from '../advice'
import type { Engine } from '../engine'
import type { ReportPart, Result, Synthetic } from '../result'
import { RESULT_SCHEMA_VERSION } from '../result'
import { otherOf } from './against'
import { arrivals } from './arrived'
import type { Asked } from './asked'
import type { Every } from './calendar'
import { bucketsOf } from './calendar'
import { declaredAs, newestOf } from './declared'
import { openEverything } from './everything'
import type { Gathering } from './gathering'
import { remember } from './gathering'
import { analyseHypothesis } from './hypotheses'
import type { JourneyAnswer } from './journey-answer'
import { answerJourney } from './journey-answer'
import type { Window } from './journey-scope'
import { gather, select, windowParams } from './journey-scope'
import { marksIn } from './marks'
import { rounded } from './rounded'
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
  return analyseWith(engine, definitions, options)
}

/**
 * Analyses with what other reports have gathered.
 *
 * @param gathering of the same data, time, journey and synthetic traffic; nothing is shared if it is left out
 */
export async function analyseWith(
  engine: Engine,
  definitions: Nameable,
  options: AnalyseOptions,
  gathering?: Gathering,
): Promise<Result> {
  const report = await openReport(engine)
  try {
    return await answer(report, gathering ?? remember(report), definitions, options)
  } finally {
    await report.close()
  }
}

function checkStep(step: string, journeys: readonly Journey[]): void {
  const known = [...new Set(journeys.flatMap(({ steps }) => steps.map(({ name }) => name)))]
  if (!known.includes(step))
    throw new Advice(`step is "${step.slice(0, 100)}"; write one of ${known.join(', ')}`)
}

async function answer(
  report: Report,
  gathering: Gathering,
  definitions: Nameable,
  options: AnalyseOptions,
): Promise<Result> {
  const now = options.now ?? new Date()
  const until = (options.until ?? now).getTime()
  const by = options.by ?? 'run'
  const journeys = declaredAs(definitions.journeys, options.journey)
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

  const synthetic = options.synthetic ?? 'exclude'
  const timeZone = options.timeZone ?? 'UTC'
  const { everything, shared } = await openEverything(gathering, synthetic)
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
  // Judged as of a moment that is still to come, it reports what has been until now.
  const ends = Math.min(until, now.getTime())
  const edges = options.every && bucketsOf(since, ends, options.every, timeZone)
  const other = options.against === undefined ? undefined : otherOf(options.against, since, ends)
  const [arrived, marks] = await Promise.all([
    arrivals(everything.extend({ ...windowParams(window), from })),
    marksIn(everything, names, window),
  ])
  const facts = [
    ...(breakdown === undefined ? [] : [breakdown]),
    ...(other?.release === undefined ? [] : ['release']),
  ]
  const params = { synthetic, only: options.step ?? '', ...whereParams(where, facts, definitions) }
  const { step, error } = options
  const selection = [by, where, step, error, options.parts]
  const asked: Asked = {
    ...{ report, gathering, window, ends, by, timeZone, params, shared, where, wants, selection },
    ...{ step, error, breakdown, edges, other, marks },
  }

  const answers = new Map<Journey, JourneyAnswer>()
  for (const journey of journeys)
    answers.set(journey, await answerJourney(asked, journey, before(journey.name)))
  const totalOf = (doubt: keyof JourneyAnswer['doubts']) =>
    [...answers.values()].reduce((sum, { doubts }) => sum + doubts[doubt], 0)

  async function ofAllVersions({ params: own }: Scope): Promise<Scope> {
    const all = await gather(report, { ...own, versions: [], listed: 0 }, shared, gathering)
    return select(all, 'run', where)
  }
  async function judge(hypothesis: Hypothesis) {
    const journey = newestOf(declaredAs(definitions.journeys, hypothesis.journey), hypothesis.journey)!
    // An experiment goes on when its journey's version changes: runs of every version count, by the rules of this one.
    const { scope } = answers.get(journey)!
    const isAlone = arrived.versionsOf(journey.name).every((version) => version === journey.version)
    const about = ['hypothesis', hypothesis.id, before(journey.name), where, timeZone]
    return gathering.once(about, async () => {
      const runs = isAlone ? scope : await ofAllVersions(scope)
      return analyseHypothesis(runs, hypothesis, journey, window, timeZone)
    })
  }
  const judged = await Promise.all(
    hypotheses.map(async (hypothesis) => [hypothesis, await judge(hypothesis)] as const),
  )
  const [machines] = await everything.ask<{ runs: number }>('synthetic-runs', {
    ...windowParams(window),
    journeys: names,
  })
  const machinesLeft = { shown: synthetic, runs: machines!.runs }
  return rounded({
    schemaVersion: RESULT_SCHEMA_VERSION,
    generatedAt: now.toISOString(),
    since: new Date(since).toISOString(),
    until: new Date(ends).toISOString(),
    timeZone,
    synthetic: machinesLeft,
    unit: by,
    cut: {
      where,
      step: step ?? null,
      by: breakdown ?? null,
      every: options.every ?? null,
      against: other?.text ?? null,
    },
    marks,
    journeys: [...answers.values()].map(({ result }) => result),
    hypotheses: judged.map(([, result]) => result),
    trust: await trust(everything, window, {
      cappedRuns: totalOf('capped'),
      undated: totalOf('undated'),
      scopes: new Map([...answers].map(([journey, { scope }]) => [journey, scope])),
      arrived,
      judged,
      where,
      declared: definitions.hypotheses,
      synthetic: machinesLeft,
      timeZone,
    }),
  })
}
