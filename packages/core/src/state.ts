import {
  HYPOTHESIS,
  JOURNEY_NAME,
  JOURNEY_VERSION,
  RUN_ID,
  STEP_ATTEMPT,
  STEP_INDEX,
  STEP_NAME,
} from './attributes'
import type { Visit } from './event'
import type { Hypothesis } from './hypothesis'
import { uuidv7Time } from './ids'
import type { Journey } from './journey'

export type Outcome = 'converted' | 'failed' | 'abandoned'

/** One attempt at a journey, as it is kept and stored. */
export interface Run {
  id: string
  journey: string
  version: string
  /** The visit that it is on, or was on last. */
  visit: Visit
  /** How often each step was entered. */
  attempts: Record<string, number>
  /** When it last did something. */
  seen: number
  outcome?: Outcome | undefined
  /** Came by a handover token: it may have been idle for days. */
  joined?: boolean | undefined
  /** `hypothesis=variant` of what was met. */
  exposed: string[]
  /** The id of the visit whose step became usable. */
  ready?: string | undefined
  /** ms from the visit's start to the first interaction on it. */
  input?: number | undefined
}

/** All that survives a page. */
export interface State {
  /** Most recently entered last. */
  runs: Run[]
  /** Variants by hypothesis. */
  assigned: Record<string, string>
}

/** The context attributes of a visit, in the order in which baggage keeps them. */
export function stamp(
  run: { id: string; version: string },
  visit: { journey: string; step: string; index: number; attempt: number },
  hypotheses: readonly Hypothesis[],
  assigned: Record<string, string>,
): Visit['attributes'] {
  const attributes: Record<string, string | number> = {
    [JOURNEY_NAME]: visit.journey,
    [JOURNEY_VERSION]: run.version,
    [RUN_ID]: run.id,
    [STEP_NAME]: visit.step,
    [STEP_INDEX]: visit.index,
    [STEP_ATTEMPT]: visit.attempt,
  }
  for (const { id, journey } of hypotheses)
    if (journey === visit.journey && assigned[id]) attributes[HYPOTHESIS + id] = assigned[id]
  return attributes
}

/**
 * Makes stored state sound: what does not fit the definitions is left out, since anyone on the origin can write to storage.
 *
 * @throws when the shape is foreign: the caller starts afresh
 */
export function soundState(
  stored: State,
  journeys: readonly Journey[],
  hypotheses: readonly Hypothesis[],
): State {
  const assigned: State['assigned'] = {}
  for (const { id, variants } of hypotheses)
    if (variants.includes(stored.assigned[id]!)) assigned[id] = stored.assigned[id]!
  const runs = stored.runs.flatMap((run): Run[] => {
    const journey = journeys.find(({ name, version }) => name === run.journey && version === run.version)
    const index = journey?.steps.findIndex(({ name }) => name === run.visit.step) ?? -1
    const isSound = uuidv7Time(run.id) && run.visit.start > 0 && run.seen > 0 && run.visit.attempt > 0
    if (index < 0 || !isSound) return []
    const place = { ...run.visit, journey: run.journey, run: run.id, index }
    const visit = { ...place, attributes: stamp(run, place, hypotheses, assigned) }
    return [{ ...run, visit, attempts: { ...run.attempts }, exposed: [...run.exposed] }]
  })
  return { runs, assigned }
}
