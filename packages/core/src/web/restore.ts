import type { Visit } from '../event'
import type { Tracker } from '../tracker-types'

/**
 * After a back/forward cache restore: reads what other documents have stored in the meantime, and enters the steps again on which
 * this document was. A confirmation page says nothing of a run that came after its own.
 */
export function restoreHere(tracker: Tracker): void {
  const active = tracker.others({} as Visit).toReversed()
  const last = tracker.current()
  tracker.restore()
  const visitOf = (visit: Visit) => tracker.current({ name: visit.journey } as never)
  const enter = ({ journey, step }: Visit) => tracker.enter({ name: journey } as never, step as never)
  if (last && !active.includes(last) && visitOf(last)?.run === last.run) enter(last)
  for (const visit of active) enter(visit)
}
