import type { Hypothesis, Journey } from '@throughline/core'
import type { Engine } from '../engine'
import { percent, probability } from '../format'
import type { HypothesisResult, TrustResult } from '../result'
import type { Window } from '../sql'
import { runQuery } from '../sql'

/** ms; clocks further apart than this make times between browser and server doubtful. */
const SKEW_LIMIT = 300_000
/** Shares above which a loss is worth a warning. */
const LOSS_LIMIT = 0.01

type Note = TrustResult['notes'][number]

const warning = (text: string): Note => ({ level: 'warning', text })
const info = (text: string): Note => ({ level: 'info', text })

function deliveryNotes({ emitted, dropped, recovered }: TrustResult['delivery']): Note[] {
  if (!emitted)
    return [info('No page has accounted for its events, so what was lost on the way is not known.')]
  const notes: Note[] = []
  if (dropped > LOSS_LIMIT * emitted)
    notes.push(warning(`Pages dropped ${dropped} of ${emitted} events (${percent(dropped / emitted)}).`))
  if (recovered) notes.push(info(`${recovered} events arrived with a later page load.`))
  return notes
}

async function journeyNotes(engine: Engine, journey: Journey, window: Window): Promise<Note[]> {
  const [found] = await runQuery<{ otherVersions: number; withoutBrowser: number }>(engine, 'left-out', {
    journey: journey.name,
    version: journey.version,
    ...window,
  })
  const { otherVersions, withoutBrowser } = found!
  const notes: Note[] = []
  if (otherVersions)
    notes.push(
      info(
        `${otherVersions} runs of ${journey.name} are of another version than ${journey.version} and are left out.`,
      ),
    )
  if (withoutBrowser)
    notes.push(
      warning(
        `${withoutBrowser} conversions of ${journey.name} were confirmed by the server, but nothing arrived from the browser; they are left out.`,
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
    notes.push(info(`${id}: ${leftOut.multipleVariants} subjects met several variants and are left out.`))
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
  for (const journey of journeys) notes.push(...(await journeyNotes(engine, journey, window)))
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
