import type { Hypothesis, Journey } from '@throughline/core'
import { duration, moment, percent, plural, probability } from '../format'
import type { HypothesisResult, Result, TrustResult } from '../result'
import type { Arrived } from './arrived'
import { dataNotes } from './data-notes'
import type { Note } from './findings'
import { explain, info, warning } from './findings'
import type { Window } from './journey-scope'
import { windowParams } from './journey-scope'
import { lossNotes } from './losses'
import type { Scope } from './tables'
import type { Filter } from './where'
import { isAfterwards } from './where'

/** ms; clocks further apart than this make times between browser and server doubtful. */
const SKEW_LIMIT = 300_000
/** Shares above which a loss is worth a warning. */
const LOSS_LIMIT = 0.01

function deliveryNotes({
  emitted,
  refused,
  dropped,
  unaccounted,
  withoutAccount,
  recovered,
}: TrustResult['delivery']): Note[] {
  if (!emitted)
    return [
      info('No page has accounted for its events, so what was lost on the way is not known.', 'no-accounts'),
    ]
  const notes: Note[] = []
  for (const [lost, how] of [
    [dropped, 'Pages dropped'],
    [refused, 'The receiver refused'],
  ] as const)
    if (lost > LOSS_LIMIT * emitted)
      notes.push(warning(`${how} ${lost} of ${emitted} events (${percent(lost / emitted)}).`))
  if (unaccounted > LOSS_LIMIT * emitted)
    notes.push(
      warning(
        `${unaccounted} of ${emitted} events (${percent(unaccounted / emitted)}) are missing from ${plural(withoutAccount, 'page')} that gave no final account: they were killed, or are still open.`,
      ),
    )
  if (recovered) notes.push(info(`${recovered} events arrived with a later page load.`, 'arrived-later'))
  return notes
}

function serverNotes({ emitted, dropped, refused }: TrustResult['servers']): Note[] {
  const text = (lost: number, how: string, whose = '') =>
    warning(`${how} ${lost} of ${emitted} events${whose} (${percent(lost / emitted)}).`)
  return [
    ...(dropped > LOSS_LIMIT * emitted ? [text(dropped, 'Servers dropped')] : []),
    ...(refused > LOSS_LIMIT * emitted ? [text(refused, 'The endpoint refused', ' of servers')] : []),
  ]
}

type Counted = Omit<TrustResult['delivery'], 'refusedFor'>

const NOTHING: Counted = {
  pages: 0,
  emitted: 0,
  delivered: 0,
  refused: 0,
  dropped: 0,
  pending: 0,
  unaccounted: 0,
  recovered: 0,
  withoutAccount: 0,
  errorsIgnored: 0,
}

/** What became of the events of pages, and of servers. */
async function accounts(everything: Scope) {
  const rows = await everything.ask<Counted & { is_server: boolean }>('delivery')
  const of = (isServer: boolean): Counted => {
    const { is_server: _, ...counted } = rows.find((row) => row.is_server === isServer) ?? {
      is_server: isServer,
      ...NOTHING,
    }
    return counted
  }
  const { pages: instances, emitted, delivered, refused, dropped, pending, recovered } = of(true)
  return {
    pages: of(false),
    servers: { instances, emitted, delivered, refused, dropped, pending, recovered },
  }
}

interface Doubtful {
  aheadOfUs: number
  jumped: number
  compared: number
  skewed: number
}

const doubtfulRuns = async (scope: Scope) =>
  (await scope.ask<Doubtful>('doubtful', { limit: SKEW_LIMIT }))[0]!

function doubts(
  { aheadOfUs, jumped, compared, skewed }: Doubtful,
  untested: number,
  ahead: TrustResult['clocksAhead'],
): Note[] {
  const notes: Note[] = []
  if (skewed)
    notes.push(
      warning(
        `In ${skewed} of ${compared} runs the server's clock is more than five minutes from the browser's.`,
      ),
    )
  if (jumped)
    notes.push(
      info(
        `In ${plural(jumped, 'run')} the device's clock went back between two steps: their order is known, some of their times are not.`,
      ),
    )
  if (untested)
    notes.push(
      info(
        `${plural(untested, 'conversion')} ${untested === 1 ? 'is' : 'are'} counted on a server's word, whose clock nothing compares with the browser's: when they happened, and whether in time, is not known.`,
      ),
    )
  if (ahead.runs)
    notes.push(
      info(
        `${plural(ahead.runs, 'run')} arrived before they had happened, by the device’s clock, up to ${duration(ahead.most)}: they are counted, when they began is not known.`,
      ),
    )
  if (aheadOfUs)
    notes.push(
      info(`${plural(aheadOfUs, 'run')} began in the future, by the device's clock: counted as of now.`),
    )
  return notes
}

/** What all versions of a journey have in common. */
async function journeyNotes(everything: Scope, journey: string): Promise<Note[]> {
  const [[confirmed], [unnamed]] = await Promise.all([
    everything.ask<{ withoutBrowser: number }>('left-out', { journey }),
    everything.ask<{ spans: number }>('any-unnamed', { journey }),
  ])
  const [ambiguous] = unnamed!.spans
    ? await everything.ask<{ spans: number }>('ambiguous', { journey })
    : [{ spans: 0 }]
  const notes: Note[] = []
  if (confirmed!.withoutBrowser)
    notes.push(
      warning(
        `${confirmed!.withoutBrowser} conversions of ${journey} were confirmed by the server, but nothing arrived from the browser; they are left out.`,
        'without-browser',
      ),
    )
  if (ambiguous!.spans)
    notes.push(
      info(
        `${ambiguous!.spans} spans of ${journey} name no visit, and not exactly one visit of their run fits; they are on no visit.`,
        'no-visit',
      ),
    )
  return notes
}

/** Which reported aliases do not count, and why. */
async function aliasNotes(everything: Scope): Promise<Note[]> {
  const [found] = await everything.ask<{ later: number; chained: number; forged: number }>('aliases')
  const { later, chained, forged } = found!
  const notes: Note[] = []
  if (later)
    notes.push(
      info(`${later} aliases are left out: their anonymous subject had become another known subject before.`),
    )
  if (chained) notes.push(info(`${chained} aliases are left out: they would merge two known subjects.`))
  if (forged)
    notes.push(
      warning(
        `${forged} aliases are left out: a browser sent them for an anonymous subject that its run and session had not seen.`,
      ),
    )
  return notes
}

async function hypothesisNotes(
  everything: Scope,
  hypothesis: Hypothesis,
  { sampleRatio, leftOut, untested }: HypothesisResult,
): Promise<Note[]> {
  const { id } = hypothesis
  const notes: Note[] = []
  if (!sampleRatio.ok)
    notes.push(
      warning(`${id}: the sample ratio is not as declared (${probability(sampleRatio.p)}).`, 'sample-ratio'),
    )
  if (leftOut.multipleVariants)
    notes.push(
      info(
        `${id}: ${leftOut.multipleVariants} subjects met several variants and are left out${leftOut.underTwoNames ? `, ${leftOut.underTwoNames} of them under two names` : ''}.`,
      ),
    )
  if (leftOut.withoutSubject)
    notes.push(
      warning(`${id}: ${leftOut.withoutSubject} runs met a variant without a subject and are left out.`),
    )
  const { counted, notCounted } = untested
  if (counted + notCounted)
    notes.push(
      info(
        `${id}: ${plural(counted, 'subject')} ${counted === 1 ? 'counts' : 'count'} as converted on a server's word alone, whose clock nothing compares with the browser's; ${notCounted} more ${notCounted === 1 ? 'does' : 'do'} not, since that may have been before the exposure.`,
      ),
    )
  if (hypothesis.from) {
    const [found] = await everything.ask<{ runs: number; missing: number }>('missing-exposures', {
      journey: hypothesis.journey,
      hypothesis: id,
      step: hypothesis.from,
    })
    const { runs, missing } = found!
    if (missing > LOSS_LIMIT * runs)
      notes.push(
        warning(
          `${id}: ${missing} of ${runs} runs with a variant (${percent(missing / runs)}) came to ${hypothesis.from}, but no exposure was recorded.`,
          'missing-exposures',
        ),
      )
  }
  return notes
}

/** What the other questions found out on their way. */
export interface Found {
  readonly cappedRuns: number
  /** Conversions that nobody can date. */
  readonly undated: number
  readonly scopes: ReadonlyMap<Journey, Scope>
  readonly arrived: Arrived
  readonly judged: readonly (readonly [Hypothesis, HypothesisResult])[]
  readonly where: readonly Filter[]
  readonly declared: readonly Hypothesis[]
  readonly synthetic: Result['synthetic']
  /** In which dates are written. */
  readonly timeZone: string
}

/** What filters do to the other figures. */
function filterNotes(where: readonly Filter[], judged: Found['judged']): Note[] {
  if (!where.length) return []
  const afterwards = where.map(({ key }) => key).filter(isAfterwards)
  const notes = [
    info(
      'Only runs that match the filter are counted; what arrived and what was lost on the way is said of all.',
    ),
  ]
  if (judged.length && afterwards.length)
    notes.push(
      warning(
        `The filter ${afterwards.join(', ')} asks what happened after people met a variant: variants are no longer compared at random.`,
      ),
    )
  return notes
}

/** What there is where no run of the time has arrived. */
async function whatElseArrived(everything: Scope, journeys: readonly string[], timeZone: string) {
  const [[other], [beside]] = await Promise.all([
    everything.ask<{ runs: number; first: number; last: number }>('other-runs', { journeys }),
    everything.ask<{ spans: number }>('other-spans'),
  ])
  const { runs, first, last } = other!
  const at = (time: number) => moment(new Date(time).toISOString(), timeZone)
  const [since, until] = [at(first), at(last)]
  const when = since === until ? since : `${since} to ${until}`
  const { spans } = beside!
  return [
    ...(runs
      ? explain(
          [
            info(
              `No run started in this time; there ${runs === 1 ? 'is' : 'are'} ${plural(runs, 'run')} of ${when}.`,
            ),
          ],
          'other-time',
        )
      : []),
    ...(spans
      ? explain(
          [info(`${plural(spans, 'span')} arrived, and none enters a step of a journey.`)],
          'other-spans',
        )
      : []),
  ]
}

/** Whether the numbers can be trusted: what was lost on the way, what had to be left out, and which clocks disagree. */
export async function trust(
  report: Scope,
  window: Window,
  { cappedRuns, undated, scopes, arrived, judged, where, declared, synthetic, timeZone }: Found,
): Promise<TrustResult> {
  const everything = report.extend(windowParams(window))
  const journeys = [...scopes.keys()]
  const names = [...new Set(journeys.map((journey) => journey.name))]
  const hypotheses = judged.map(([hypothesis]) => hypothesis)
  const [{ pages, servers }, refusedFor, [ahead], doubtful, lost, aliased, data, ofJourneys, ofHypotheses] =
    await Promise.all([
      accounts(everything),
      everything.ask<TrustResult['delivery']['refusedFor'][number]>('refused-for'),
      everything.ask<TrustResult['clocksAhead']>('clocks-ahead', { journeys: names }),
      Promise.all([...scopes.values()].map(doubtfulRuns)),
      lossNotes(everything, journeys, hypotheses),
      aliasNotes(everything),
      dataNotes(everything, scopes, { judged: hypotheses, declared, synthetic }),
      Promise.all(names.map((name) => journeyNotes(everything, name))),
      Promise.all(judged.map(([hypothesis, result]) => hypothesisNotes(everything, hypothesis, result))),
    ])
  const delivery = { ...pages, refusedFor }
  const total = (what: keyof Doubtful) => doubtful.reduce((sum, row) => sum + row[what], 0)
  const all: Doubtful = {
    aheadOfUs: total('aheadOfUs'),
    jumped: total('jumped'),
    compared: total('compared'),
    skewed: total('skewed'),
  }
  const notes = [
    ...explain(deliveryNotes(delivery), 'loss'),
    ...explain(serverNotes(servers), 'server-loss'),
    ...explain(lost, 'loss'),
    ...explain(filterNotes(where, judged), 'filtered'),
    ...explain(doubts(all, undated, ahead!), 'clocks'),
    ...explain(aliased, 'aliases'),
    ...explain(data, 'undeclared'),
    ...explain(
      arrived.mismatches(journeys).map(({ note }) => note),
      'undeclared',
    ),
  ]
  if (arrived.isNothing && synthetic.runs === 0)
    notes.push(...(await whatElseArrived(everything, names, timeZone)))
  if (cappedRuns)
    notes.push(
      ...explain(
        [warning(`${cappedRuns} runs have more than 1,000 events; the rest of each was not read.`)],
        'long-runs',
      ),
    )
  notes.push(...explain(ofJourneys.flat(), 'no-visit'), ...explain(ofHypotheses.flat(), 'exposures'))
  return {
    notes: notes.sort((a, b) => Number(a.level === 'info') - Number(b.level === 'info')),
    delivery,
    servers,
    cappedRuns,
    skewedRuns: all.skewed,
    jumpedRuns: all.jumped,
    runsAhead: all.aheadOfUs,
    clocksAhead: ahead!,
    untestedConversions: undated,
    exposuresWithoutSubject: judged.reduce((sum, [, { leftOut }]) => sum + leftOut.withoutSubject, 0),
  }
}
