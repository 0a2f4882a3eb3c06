import type { Journey, Visit } from '@throughline/core'
import {
  attributes,
  contextAttributes,
  definitionOf,
  isEventId,
  isName,
  isRunId,
  isVersion,
  stepIndex,
  uuidv7Time,
} from '@throughline/core'
import type { Counted } from './counts'
import type { Definitions } from './definitions'
import { acceptsUndeclared } from './versions'

const { JOURNEY_NAME, JOURNEY_VERSION, RUN_ID } = attributes

/** A run as a server knows it; without a step and what is said of it when only its id came along. */
export interface ServerRun {
  readonly journey: string
  readonly version: string
  /** The run id, a UUIDv7. */
  readonly run: string
  readonly step?: string
  /** The step's 0-based place in its version of the journey. */
  readonly index?: number | undefined
  readonly attempt?: number
  /** The id of the visit's enter event; none of browsers that send version 1 of the contract. */
  readonly visitId?: string | undefined
  /** The visit's place in the run: 1, 2, … in the order of entering. */
  readonly visitIndex?: number | undefined
  /** Of a step that a server entered, instead: the index in force when its request was sent. */
  readonly visitAfter?: number | undefined
  /** The journey's `within`, in ms: as long as a handover token lives. */
  readonly within?: number | undefined
}

/** Called for each thing that is not believed, or not fully checked. */
export type Report = (reason: Counted, value: string) => void

/** A visit that somebody claims to be on. */
type ClaimedVisit = Omit<ServerRun, 'step' | 'attempt'> & { readonly step: string; readonly attempt: number }

const isDeclared = (journeys: readonly Journey[], journey: string, version: string) =>
  journeys.some((it) => it.name === journey && it.version === version)

/** Whether runs of a version are taken. Asked last, so that what is refused for another reason uses up no place. */
function takesVersion(
  journeys: readonly Journey[],
  journey: string,
  version: string,
  report: Report,
): boolean {
  if (isDeclared(journeys, journey, version)) return true
  const isAccepted = isVersion(version) && acceptsUndeclared(journey, version)
  report(isAccepted ? 'undeclared' : 'version', `${journey} ${version}`)
  return isAccepted
}

const isInt = (value: unknown, least: number, most: number) =>
  Number.isInteger(value) && (value as number) >= least && (value as number) <= most

/** Whether a visit is identified as contract version 1 (not at all) or 2 has it. */
function isVisit({ visitId, visitIndex, visitAfter }: ClaimedVisit): boolean {
  const isNamed = visitId === undefined || isEventId(visitId)
  if (visitAfter === undefined) return isNamed && (visitIndex === undefined || isInt(visitIndex, 1, 9999))
  return isNamed && visitIndex === undefined && isInt(visitAfter, 0, 9999)
}

/**
 * The place of a claimed step. A run keeps its version across deploys, so a step may be one that only another
 * declared version has; of a version that is not declared, only the sender knows the order.
 */
function placeOf({ journey, version, step, index }: ClaimedVisit, journeys: readonly Journey[]): number {
  const known = stepIndex(definitionOf(journeys, { journey, version }, step), step)
  if (index !== undefined && !isInt(index, 0, 9999)) return -1
  if (isDeclared(journeys, journey, version)) return known
  const claimed = index ?? known
  return isName(step) && claimed <= 99 ? claimed : -1
}

/** Reads a run that somebody claims to be on, or says why not. */
export function readRun(
  run: ClaimedVisit,
  { journeys, hypotheses }: Required<Definitions>,
  assigned: Record<string, string>,
  report: Report,
): Visit | undefined {
  const { attempt, journey, step, version, visitId, visitIndex, visitAfter } = run
  const index = placeOf(run, journeys)
  const now = Date.now()
  const no = (reason: Counted, value: string) => void report(reason, value)
  if (!journeys.some(({ name }) => name === journey)) return no('journey', journey)
  if (!isRunId(run.run, now)) return no('run', run.run)
  if (index < 0) return no('step', `${step} ${run.index}`)
  if (!isInt(attempt, 1, 1000)) return no('attempt', `${attempt}`)
  if (!isVisit(run)) return no('visit', `${visitId} ${visitIndex} ${visitAfter}`)
  if (!takesVersion(journeys, journey, version, report)) return undefined
  const place = { journey, run: run.run, step, index, attempt, id: visitId ?? '', visitIndex, visitAfter }
  const stamp = contextAttributes({ id: run.run, version }, place, hypotheses, assigned)
  return { ...place, start: now, attributes: stamp }
}

/** Reads a run of which only the id, and the version, came along: its events carry no step. */
export function readOther(
  { journey, version, run }: Pick<ServerRun, 'journey' | 'run'> & { readonly version?: string | undefined },
  { journeys }: Definitions,
  report: Report,
): Visit | undefined {
  const newest = journeys.findLast(({ name }) => name === journey)
  if (!newest) return void report('journey', journey)
  if (!isRunId(run, Date.now())) return void report('run', run)
  const of = version ?? newest.version
  if (!takesVersion(journeys, journey, of, report)) return undefined
  return {
    ...{ id: '', journey, run, step: '', index: -1, attempt: 0, start: uuidv7Time(run)! },
    attributes: { [JOURNEY_NAME]: journey, [JOURNEY_VERSION]: of, [RUN_ID]: run },
  }
}
