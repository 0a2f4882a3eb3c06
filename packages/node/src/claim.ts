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

/**
 * Reads what a request claims. Anyone can send baggage, so only what the definitions know comes out, in their words;
 * a run that is wrong in one member is not believed in the others either.
 *
 * @param given our members; undefined when there are too many of them
 */
export function readClaim(
  given: ReadonlyMap<string, string> | undefined,
  definitions: Required<Definitions>,
  report: Report,
): Claim {
  if (!given) {
    report('oversized', 'baggage')
    return { others: [] }
  }
  const members = new Map(given)
  const take = (key: string) => {
    const value = members.get(key)
    members.delete(key)
    return value
  }
  const [journey, version, run] = [take(JOURNEY_NAME), take(JOURNEY_VERSION), take(RUN_ID)]
  const [step, index, attempt] = [take(STEP_NAME), take(STEP_INDEX), take(STEP_ATTEMPT)]
  const [visitId, visitIndex, visitAfter] = [take(VISIT_ID), take(VISIT_INDEX), take(VISIT_AFTER)]
  const assigned: Record<string, string> = {}
  const others: Visit[] = []
  for (const [key, value] of members) {
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
  if (!(journey && version && run && step && index && attempt)) {
    const found = [journey, version, run, step, index, attempt]
    if ([...found, visitId, visitIndex, visitAfter].some((value) => value !== undefined))
      report('incomplete', found.join(' '))
    return { others }
  }
  const claimed = {
    ...{ journey, version, run, step, index: int(index), attempt: int(attempt), visitId },
    visitIndex: visitIndex === undefined ? undefined : int(visitIndex),
    visitAfter: visitAfter === undefined ? undefined : int(visitAfter),
  }
  const visit = readRun(claimed, definitions, assigned, report)
  return { ...(visit && { visit }), others }
}
