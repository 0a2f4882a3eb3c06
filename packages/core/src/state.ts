import { Name } from './attributes'
import type { Visit } from './event'
import type { Hypothesis } from './hypothesis'
import type { Journey } from './journey'
import { isEventId, isName, isRunId, isVersion } from './limits'

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
  /** How many visits it has had: the index of the last one. */
  visits: number
  /** When it last did something. */
  seen: number
  outcome?: Outcome | undefined
  /** The event id of a conversion that had no value: it can be given one, once. */
  unpriced?: string | undefined
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
  /** The subject that `identify` was given last: unlike an anonymous one, it is never linked to another. */
  known?: string | undefined
}

/** The context attributes of a visit, in the order in which baggage keeps them. */
export function stamp(
  run: { id: string; version: string },
  visit: Pick<Visit, 'journey' | 'step' | 'index' | 'attempt' | 'id' | 'visitIndex' | 'visitAfter'>,
  hypotheses: readonly Hypothesis[],
  assigned: Record<string, string>,
): Visit['attributes'] {
  const { id, visitIndex, visitAfter } = visit
  const attributes: Record<string, string | number> = {
    [Name.JOURNEY_NAME]: visit.journey,
    [Name.JOURNEY_VERSION]: run.version,
    [Name.RUN_ID]: run.id,
    [Name.STEP_NAME]: visit.step,
    [Name.STEP_INDEX]: visit.index,
    [Name.STEP_ATTEMPT]: visit.attempt,
  }
  if (id) attributes[Name.VISIT_ID] = id
  if (visitIndex) attributes[Name.VISIT_INDEX] = visitIndex
  if (visitAfter !== undefined) attributes[Name.VISIT_AFTER] = visitAfter
  for (const { id, journey } of hypotheses)
    if (journey === visit.journey && assigned[id]) attributes[Name.HYPOTHESIS + id] = assigned[id]
  return attributes
}

/**
 * The definition of a run: of its own version, else the newest declared. A deploy in the middle of a run brings a
 * bundle that knows another version.
 *
 * @param step one that it must have, if any version has it
 */
export function definitionOf(
  journeys: readonly Journey[],
  run: { readonly journey: string; readonly version: string },
  step?: string,
): Journey | undefined {
  const versions = journeys.filter(({ name }) => name === run.journey)
  const having = versions.filter((journey) => !step || stepIndex(journey, step) >= 0)
  return having.find(({ version }) => version === run.version) ?? having.at(-1) ?? versions.at(-1)
}

/** The 0-based place of a step in a definition; -1 when it is not in it. */
export const stepIndex = (journey: Journey | undefined, step: string): number =>
  journey?.steps.findIndex(({ name }) => name === step) ?? -1

/**
 * Makes stored state sound: what does not fit the definitions is left out, since anyone on the origin can write to
 * storage. Of a version that is not declared here, names are checked by their pattern.
 *
 * @param now ms since the epoch
 * @throws when the shape is foreign: the caller starts afresh
 */
export function soundState(
  stored: State,
  journeys: readonly Journey[],
  hypotheses: readonly Hypothesis[],
  now: number,
): State {
  const assigned: State['assigned'] = {}
  for (const { id, variants } of hypotheses)
    if (variants.includes(stored.assigned[id]!)) assigned[id] = stored.assigned[id]!
  const runs = stored.runs.flatMap((run): Run[] => {
    const { id, version, seen, visit, exposed } = run
    const { step } = visit
    const journey = definitionOf(journeys, run, step)
    const known = stepIndex(journey, step)
    const isForeign = known < 0 && (!isName(step) || journey?.version === version || !(visit.index >= 0))
    if (!journey || isForeign || !isVersion(version) || !isRunId(id, now)) return []
    if (!(visit.start > 0 && seen > 0 && visit.attempt > 0)) return []
    const attempts = { ...run.attempts }
    // Version 1 of the contract did not count visits: analysis orders those by time.
    const visits = run.visits | 0 || 1
    const visitIndex = visit.visitIndex ?? visits
    const index = known < 0 ? visit.index : known
    const place = { ...visit, journey: run.journey, run: id, index, visitIndex }
    if (!isEventId(place.id)) place.id = ''
    const attributes = stamp(run, place, hypotheses, assigned)
    return [{ ...run, visits, visit: { ...place, attributes }, attempts, exposed: [...exposed] }]
  })
  return { runs, assigned, known: stored.known }
}
