import type { Journey } from '@throughline/core'
import type { Note } from '../ask/findings'
import { explain, info, warning } from '../ask/findings'
import { count, percent, plural } from '../format'
import type { Finding } from '../result'
import type { ExistingFound } from './read-existing'

/** What nobody can know of spans that know nothing of Throughline. */
export const UNKNOWN =
  'Made of spans that know nothing of Throughline: variants, outcomes other than a step, readiness and what was lost on the way are not known.'

/** Steps that no address leads to. */
const withoutAddress = ({ steps }: Journey) => steps.filter(({ at }) => !at).map(({ name }) => name)

function ofJourney(journey: Journey): Note[] {
  const missing = withoutAddress(journey)
  if (!missing.length) return []
  const { name, converts } = journey
  return [
    missing.includes(converts)
      ? warning(`${name} converts at ${converts}, which has no \`at\`: no conversion is known.`)
      : info(`${missing.join(', ')} of ${name} have no \`at\`: they show nobody, and count as optional.`),
  ]
}

/** What a report on existing telemetry cannot say, and what its runs are made of. */
export function existingNotes(
  { spans, pages, nameless, by }: ExistingFound,
  journeys: readonly Journey[],
): Finding[] {
  const counted = pages - nameless
  const notes = [
    warning(UNKNOWN),
    info(
      `Steps are taken from the addresses of ${plural(counted, 'span')} among ${count(spans)}; "ready" is how long the load or the answer took that began with the visit.`,
    ),
    ...(by === 'trace'
      ? [warning('No span has session.id or enduser.id: each trace is a run, so people seem to leave.')]
      : []),
    ...(nameless
      ? [
          warning(
            `${count(nameless)} of ${plural(pages, 'span')} with the address of a step (${percent(nameless / pages)}) have neither session.id nor enduser.id, and are left out.`,
          ),
        ]
      : []),
    ...journeys.flatMap(ofJourney),
  ]
  return explain(notes, 'existing')
}
