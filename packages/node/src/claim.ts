import type { Visit } from '@throughline/core'
import { attributes } from '@throughline/core'
import type { Report, ServerRun } from './claimed-run'
import { readOther, readRun } from './claimed-run'
import type { Definitions } from './definitions'

const {
  ACTIVE,
  HYPOTHESIS,
  JOURNEY_NAME,
  JOURNEY_VERSION,
  RUN_ID,
  STEP_ATTEMPT,
  STEP_INDEX,
  STEP_NAME,
  VISIT_AFTER,
  VISIT_ID,
  VISIT_INDEX,
} = attributes

/** What a request says about its journeys, as far as it is believed. */
export interface Claim {
  /** The run that the request belongs to. */
  readonly visit?: Visit
  /** Other active runs; on which step is not known. */
  readonly others: readonly Visit[]
}

/** Reads a run that was handed over. It was signed, but perhaps by a release with other definitions. */
export function claimOf(run: ServerRun, definitions: Required<Definitions>, report: Report): Claim {
  const { step, attempt = 1 } = run
  if (step !== undefined) {
    const visit = readRun({ ...run, step, attempt }, definitions, {}, report)
    return { ...(visit && { visit }), others: [] }
  }
  const other = readOther(run, definitions, report)
  return { others: other ? [other] : [] }
}

/** Decimal digits only: `Number` would take `1e2`, `0x1` and blanks. */
const int = (text: string) => (/^\d{1,4}$/.test(text) ? Number(text) : Number.NaN)
const intIfGiven = (text: string | undefined) => (text === undefined ? undefined : int(text))

/** What a run is claimed by. */
const OF_THE_RUN = [
  ...[JOURNEY_NAME, JOURNEY_VERSION, RUN_ID, STEP_NAME, STEP_INDEX, STEP_ATTEMPT],
  ...[VISIT_ID, VISIT_INDEX, VISIT_AFTER],
]
const isOfTheRun: ReadonlySet<string> = new Set(OF_THE_RUN)

/**
 * Reads what a request claims. Anyone can send baggage, so only what the definitions know comes out, in their words;
 * a run that is wrong in one member is not believed in the others either.
 *
 * @param members ours; undefined when there are too many of them
 */
export function readClaim(
  members: ReadonlyMap<string, string> | undefined,
  definitions: Required<Definitions>,
  report: Report,
): Claim {
  if (!members) {
    report('oversized', 'baggage')
    return { others: [] }
  }
  const journey = members.get(JOURNEY_NAME)
  const assigned: Record<string, string> = {}
  const others: Visit[] = []
  for (const [key, value] of members) {
    if (isOfTheRun.has(key)) continue
    if (key.startsWith(HYPOTHESIS)) {
      const id = key.slice(HYPOTHESIS.length)
      const hypothesis = definitions.hypotheses.find((it) => it.id === id && it.journey === journey)
      if (hypothesis?.variants.includes(value)) assigned[hypothesis.id] = value
      else report('variant', `${id} ${value}`)
    } else if (key.startsWith(ACTIVE)) {
      // The first release sent the run id alone.
      const [run = '', ...rest] = value.split('/')
      const version = rest.length > 0 ? rest.join('/') : undefined
      const other = readOther({ journey: key.slice(ACTIVE.length), version, run }, definitions, report)
      if (other && other.journey !== journey) others.push(other)
    } else report('unknown', key)
  }
  const visit = readVisit(members, definitions, assigned, report)
  return visit ? { visit, others } : { others }
}

function readVisit(
  members: ReadonlyMap<string, string>,
  definitions: Required<Definitions>,
  assigned: Record<string, string>,
  report: Report,
): Visit | undefined {
  const journey = members.get(JOURNEY_NAME)
  const version = members.get(JOURNEY_VERSION)
  const run = members.get(RUN_ID)
  const step = members.get(STEP_NAME)
  const index = members.get(STEP_INDEX)
  const attempt = members.get(STEP_ATTEMPT)
  if (!(journey && version && run && step && index && attempt)) {
    const given = OF_THE_RUN.map((key) => members.get(key))
    if (given.some((value) => value !== undefined)) report('incomplete', given.join(' '))
    return undefined
  }
  const claimed = {
    journey,
    version,
    run,
    step,
    index: int(index),
    attempt: int(attempt),
    visitId: members.get(VISIT_ID),
    visitIndex: intIfGiven(members.get(VISIT_INDEX)),
    visitAfter: intIfGiven(members.get(VISIT_AFTER)),
  }
  return readRun(claimed, definitions, assigned, report)
}
