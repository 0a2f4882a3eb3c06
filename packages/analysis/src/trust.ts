import type { Hypothesis, Journey } from '@throughline/core'
import type { Engine } from './engine'
import { percent, probability } from './format'
import type { Window } from './queries'
import { runQuery } from './queries'
import type { HypothesisResult, TrustResult } from './result'
import { groupBy } from './strata'

/** ms; clocks further apart than this make times between browser and server doubtful. */
const SKEW_LIMIT = 300_000
/** Shares above which a loss is worth a warning. */
const LOSS_LIMIT = 0.01

/** Versions of one journey that a note names. */
const VERSIONS_NAMED = 8

interface OtherVersion {
  version: string
  runs: number
}

type Note = TrustResult['notes'][number]

const warning = (text: string): Note => ({ level: 'warning', text })
const info = (text: string): Note => ({ level: 'info', text })

function deliveryNotes({ emitted, dropped, refused, recovered }: TrustResult['delivery']): Note[] {
  if (!emitted)
    return [info('No page has accounted for its events, so what was lost on the way is not known.')]
  const notes: Note[] = []
  if (dropped > LOSS_LIMIT * emitted)
    notes.push(warning(`Pages dropped ${dropped} of ${emitted} events (${percent(dropped / emitted)}).`))
  if (refused > LOSS_LIMIT * emitted)
    notes.push(
      warning(`The endpoint refused ${refused} of ${emitted} events (${percent(refused / emitted)}).`),
    )
  if (recovered) notes.push(info(`${recovered} events arrived with a later page load.`))
  return notes
}

/** Runs of versions that nobody declares: the larger ones by name. */
function otherVersionNote(
  journey: string,
  declared: readonly string[],
  others: readonly OtherVersion[],
): Note[] {
  if (!others.length) return []
  const runs = others.reduce((sum, other) => sum + other.runs, 0)
  const named = others.slice(0, VERSIONS_NAMED).map((other) => `${other.version || 'none'} (${other.runs})`)
  const rest = others.length - named.length
  if (rest > 0) named.push(`${rest} more`)
  const version = declared.length > 1 ? 'the versions' : 'version'
  return [
    info(
      `${runs} runs of ${journey} are not of ${version} ${declared.join(', ')} and are left out. Runs by version: ${named.join(', ')}.`,
    ),
  ]
}

/** What all declared versions of a journey have in common. */
async function journeyNotes(
  engine: Engine,
  journey: string,
  versions: readonly string[],
  window: Window,
): Promise<Note[]> {
  const params = { journey, ...window }
  const [others, [confirmed], [ambiguous]] = await Promise.all([
    runQuery<OtherVersion>(engine, 'other-versions', { ...params, versions }),
    runQuery<{ runs: number }>(engine, 'without-browser', params),
    runQuery<{ spans: number }>(engine, 'ambiguous', params),
  ])
  const notes = otherVersionNote(journey, versions, others)
  if (confirmed!.runs)
    notes.push(
      warning(
        `${confirmed!.runs} conversions of ${journey} were confirmed by the server, but nothing arrived from the browser; they are left out.`,
      ),
    )
  if (ambiguous!.spans)
    notes.push(
      info(
        `${ambiguous!.spans} spans of ${journey} name no visit, and not exactly one visit of their run fits; they are on no visit.`,
      ),
    )
  return notes
}

/** Which reported aliases do not count, and why. */
async function aliasNotes(engine: Engine): Promise<Note[]> {
  const [found] = await runQuery<{ later: number; chained: number; forged: number }>(engine, 'aliases', {})
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
  engine: Engine,
  hypothesis: Hypothesis,
  { sampleRatio, leftOut }: HypothesisResult,
  window: Window,
): Promise<Note[]> {
  const { id } = hypothesis
  const notes: Note[] = []
  if (!sampleRatio.ok)
    notes.push(warning(`${id}: the sample ratio is not as declared (${probability(sampleRatio.p)}).`))
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
  if (hypothesis.from) {
    const [found] = await runQuery<{ runs: number; missing: number }>(engine, 'missing-exposures', {
      journey: hypothesis.journey,
      hypothesis: id,
      step: hypothesis.from,
      ...window,
    })
    const { runs, missing } = found!
    if (missing > LOSS_LIMIT * runs)
      notes.push(
        warning(
          `${id}: ${missing} of ${runs} runs with a variant (${percent(missing / runs)}) came to ${hypothesis.from}, but no exposure was recorded.`,
        ),
      )
  }
  return notes
}

/** Whether the numbers can be trusted: what was lost on the way, what had to be left out, and which clocks disagree. */
export async function trust(
  engine: Engine,
  window: Window,
  cappedRuns: number,
  journeys: readonly Journey[],
  hypotheses: readonly (readonly [Hypothesis, HypothesisResult])[],
): Promise<TrustResult> {
  const [[delivery], [skew]] = await Promise.all([
    runQuery<TrustResult['delivery']>(engine, 'delivery', { ...window }),
    runQuery<{ runs: number; skewed: number }>(engine, 'skew', { ...window, limit: SKEW_LIMIT }),
  ])
  const notes = deliveryNotes(delivery!)
  if (cappedRuns)
    notes.push(warning(`${cappedRuns} runs have more than 1,000 events; the rest of each was not read.`))
  if (skew!.skewed)
    notes.push(
      warning(
        `In ${skew!.skewed} of ${skew!.runs} runs the server's clock is more than five minutes from the browser's.`,
      ),
    )
  for (const [name, versions] of groupBy(journeys, (journey) => journey.name))
    notes.push(
      ...(await journeyNotes(
        engine,
        name,
        versions.map((journey) => journey.version),
        window,
      )),
    )
  notes.push(...(await aliasNotes(engine)))
  for (const [hypothesis, result] of hypotheses)
    notes.push(...(await hypothesisNotes(engine, hypothesis, result, window)))
  return {
    notes: notes.sort((a, b) => Number(a.level === 'info') - Number(b.level === 'info')),
    delivery: delivery!,
    cappedRuns,
    skewedRuns: skew!.skewed,
    exposuresWithoutSubject: hypotheses.reduce((sum, [, { leftOut }]) => sum + leftOut.withoutSubject, 0),
  }
}
