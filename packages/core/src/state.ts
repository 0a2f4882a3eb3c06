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

const isRecord = (value: unknown): value is Record<string, never> =>
  !!value && typeof value === 'object' && !Array.isArray(value)

/** Reads stored state; what does not fit the definitions is left out, since anyone can write to storage. */
export function parseState(
  text: string | null | undefined,
  journeys: readonly Journey[],
  hypotheses: readonly Hypothesis[],
): State {
  const state: State = { runs: [], assigned: {} }
  const stored: unknown = text ? JSON.parse(text) : undefined
  if (!isRecord(stored)) return state
  const { runs, assigned } = stored as Partial<Record<keyof State, unknown>>
  for (const { id, variants } of hypotheses)
    if (isRecord(assigned) && variants.includes(assigned[id] as never)) state.assigned[id] = assigned[id]!
  for (const run of Array.isArray(runs) ? (runs as Run[]) : []) {
    const journey = journeys.find(({ name, version }) => name === run?.journey && version === run.version)
    const visit = run?.visit
    const index = journey ? journey.steps.findIndex(({ name }) => name === visit?.step) : -1
    const sound =
      uuidv7Time(run?.id) && index >= 0 && [visit.start, run.seen, visit.attempt].every(Number.isFinite)
    if (!sound || !isRecord(run.attempts) || !Array.isArray(run.exposed) || typeof visit.id !== 'string')
      continue
    const restored = { ...visit, journey: journey!.name, run: run.id, index }
    state.runs.push({
      ...run,
      visit: { ...restored, attributes: stamp(run, restored, hypotheses, state.assigned) },
    })
  }
  return state
}
