import { Name } from './attributes'
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
  /** Whether its visit's step has become usable. */
  ready?: boolean | undefined
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
    [Name.JOURNEY_NAME]: visit.journey,
    [Name.JOURNEY_VERSION]: run.version,
    [Name.RUN_ID]: run.id,
    [Name.STEP_NAME]: visit.step,
    [Name.STEP_INDEX]: visit.index,
    [Name.STEP_ATTEMPT]: visit.attempt,
  }
  for (const { id, journey } of hypotheses)
    if (journey === visit.journey && assigned[id]) attributes[Name.HYPOTHESIS + id] = assigned[id]
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
    const { id, seen, visit, attempts, exposed } = run
    const journey = journeys.find(({ name, version }) => name === run.journey && version === run.version)
    const index = journey?.steps.findIndex(({ name }) => name === visit.step) ?? -1
    if (index < 0 || !uuidv7Time(id) || !(visit.start > 0 && seen > 0 && visit.attempt > 0)) return []
    const place = { ...visit, journey: run.journey, run: id, index }
    const attributes = stamp(run, place, hypotheses, assigned)
    return [{ ...run, visit: { ...place, attributes }, attempts: { ...attempts }, exposed: [...exposed] }]
  })
  return { runs, assigned }
}
