import { diag } from '@opentelemetry/api'
import { Name } from './attributes'
import type { Visit } from './event'

const MEMBERS = 40
const BYTES = 2048
let warned = false

/**
 * What a request carries as W3C baggage: the visit's context attributes under the same keys (journey, run, step and
 * visit, then the hypotheses in declared order), then `throughline.active.<journey>` with id and version of the other
 * active runs. Beyond 40 members or 2 KiB the rest is left out, with one `diag`.
 */
export function baggageOf(visit: Visit, others: readonly Visit[] = []): Record<string, string> {
  const wanted = { ...visit.attributes }
  for (const { run, journey, attributes } of others)
    if (run !== visit.run) wanted[Name.ACTIVE + journey] = `${run}/${attributes[Name.JOURNEY_VERSION]}`
  const kept: Record<string, string> = {}
  let room = BYTES
  let members = 0
  for (const key in wanted) {
    const value = `${wanted[key]}`
    room -= key.length + encodeURIComponent(value).length + 2
    if (room < 0 || members++ === MEMBERS) {
      if (!warned) diag.warn('throughline: too much for baggage; assign fewer hypotheses at once')
      warned = true
      break
    }
    kept[key] = value
  }
  return kept
}
