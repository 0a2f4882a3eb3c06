import type { Baggage } from '@opentelemetry/api'
import type { Journey, Visit } from '@throughline/core'
import { attributes, contextAttributes, uuidv7Time } from '@throughline/core'
import type { Definitions } from './definitions'
import type { Refusal } from './refusals'

const { ACTIVE, HYPOTHESIS, JOURNEY_NAME, JOURNEY_VERSION, RUN_ID, STEP_ATTEMPT, STEP_INDEX, STEP_NAME } =
  attributes

const PREFIX = 'throughline.'
const MEMBERS = 40
const BYTES = 2048
const DAY = 864e5

/** A run as a server knows it; without step and attempt when only its id came along. */
export interface ServerRun {
  readonly journey: string
  readonly version: string
  /** The run id, a UUIDv7. */
  readonly run: string
  readonly step?: string
  readonly attempt?: number
}

/** What a request says about its journeys, as far as it is believed. */
export interface Claim {
  /** The run that the request belongs to. */
  readonly visit?: Visit
  /** Other active runs; on which step is not known. */
  readonly others: readonly Visit[]
}

/** Called for each thing that is not believed. */
export type Refuse = (reason: Refusal, value: string) => void

/** A run that is known by its id alone: its events carry no step. */
const stepless = (journey: Journey, run: string): Visit => ({
  ...{ id: '', journey: journey.name, run, step: '', index: -1, attempt: 0, start: uuidv7Time(run)! },
  attributes: { [JOURNEY_NAME]: journey.name, [JOURNEY_VERSION]: journey.version, [RUN_ID]: run },
})

/** A UUIDv7 whose time lies neither over 31 days in the past nor a day in the future. */
function isRunId(id: string): boolean {
  const age = Date.now() - (uuidv7Time(id) ?? Number.NaN)
  return age <= 31 * DAY && age >= -DAY
}

/** Reads a run that somebody claims to be on, or says why not. */
function readRun(
  run: { journey: string; version: string; run: string; step: string; index?: number; attempt: number },
  { journeys, hypotheses }: Required<Definitions>,
  assigned: Record<string, string>,
  refuse: Refuse,
): Visit | undefined {
  const { attempt, step } = run
  const versions = journeys.filter(({ name }) => name === run.journey)
  const journey = versions.find(({ version }) => version === run.version)
  const index = journey?.steps.findIndex(({ name }) => name === step) ?? -1
  const no = (reason: Refusal, value: string) => void refuse(reason, value)
  if (versions.length === 0) return no('journey', run.journey)
  if (!journey) return no('version', `${run.journey} ${run.version}`)
  if (!isRunId(run.run)) return no('run', run.run)
  if (index < 0 || (run.index ?? index) !== index) return no('step', `${step} ${run.index}`)
  if (!(Number.isInteger(attempt) && attempt >= 1 && attempt <= 1000)) return no('attempt', `${attempt}`)
  const place = { journey: journey.name, run: run.run, step, index, attempt, id: '', start: Date.now() }
  const stamp = { id: run.run, version: journey.version }
  return { ...place, attributes: contextAttributes(stamp, place, hypotheses, assigned) }
}

/** Reads a run that was handed over. It was signed, but perhaps by a release with other definitions. */
export function claimOf(run: ServerRun, definitions: Required<Definitions>, refuse: Refuse): Claim {
  const { step, attempt = 1 } = run
  if (step !== undefined) {
    const visit = readRun({ ...run, step, attempt }, definitions, {}, refuse)
    return { ...(visit && { visit }), others: [] }
  }
  const other = readOther(run.journey, run.run, definitions, refuse)
  return { others: other ? [other] : [] }
}

/** Reads a run of which only the id came along. */
function readOther(name: string, run: string, { journeys }: Definitions, refuse: Refuse): Visit | undefined {
  const journey = journeys.find((it) => it.name === name)
  if (!journey) return void refuse('journey', name)
  return isRunId(run) ? stepless(journey, run) : void refuse('run', run)
}

/** Decimal digits only: `Number` would take `1e2`, `0x1` and blanks. */
const int = (text: string) => (/^\d{1,4}$/.test(text) ? Number(text) : Number.NaN)

/**
 * Reads what baggage claims. Anyone can send baggage, so only what the definitions know comes out, in their words; a run
 * that is wrong in one member is not believed in the others either.
 */
export function readClaim(baggage: Baggage, definitions: Required<Definitions>, refuse: Refuse): Claim {
  const members = new Map<string, string>()
  let bytes = 0
  for (const [key, { value }] of baggage.getAllEntries()) {
    if (!key.startsWith(PREFIX)) continue
    members.set(key, `${value}`)
    bytes += key.length + `${value}`.length
  }
  if (members.size === 0) return { others: [] }
  if (members.size > MEMBERS || bytes > BYTES) {
    refuse('oversized', `${members.size} members, ${bytes} bytes`)
    return { others: [] }
  }
  const take = (key: string) => {
    const value = members.get(key)
    members.delete(key)
    return value
  }
  const [journey, version, run] = [take(JOURNEY_NAME), take(JOURNEY_VERSION), take(RUN_ID)]
  const [step, index, attempt] = [take(STEP_NAME), take(STEP_INDEX), take(STEP_ATTEMPT)]
  const assigned: Record<string, string> = {}
  const others: Visit[] = []
  for (const [key, value] of members) {
    if (key.startsWith(HYPOTHESIS)) {
      const id = key.slice(HYPOTHESIS.length)
      const hypothesis = definitions.hypotheses.find((it) => it.id === id && it.journey === journey)
      if (hypothesis?.variants.includes(value)) assigned[hypothesis.id] = value
      else refuse('variant', `${id} ${value}`)
    } else if (key.startsWith(ACTIVE)) {
      const other = readOther(key.slice(ACTIVE.length), value, definitions, refuse)
      if (other && other.journey !== journey) others.push(other)
    } else refuse('unknown', key)
  }
  const given = [journey, version, run, step, index, attempt]
  if (!(journey && version && run && step && index && attempt)) {
    if (given.some((value) => value !== undefined)) refuse('incomplete', given.join(' '))
    return { others }
  }
  const place = { journey, version, run, step, index: int(index), attempt: int(attempt) }
  const visit = readRun(place, definitions, assigned, refuse)
  return { ...(visit && { visit }), others }
}
