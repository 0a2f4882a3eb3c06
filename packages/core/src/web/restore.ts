import type { Visit } from '../event'
import type { Tracker } from '../tracker-types'
import { tabStorage } from './persistence'

/**
 * After a back/forward cache restore: reads what other documents have stored in the meantime, and enters the steps again on which
 * this document was. A confirmation page says nothing of a run that came after its own.
 */
export function restoreHere(tracker: Tracker): void {
  const active = [...tracker.others({} as Visit)].reverse()
  const last = tracker.current()
  tracker.restore()
  const visitOf = (visit: Visit) => tracker.current({ name: visit.journey } as never)
  const enter = ({ journey, step }: Visit) => tracker.enter({ name: journey } as never, step as never)
  if (last && !active.includes(last) && visitOf(last)?.run === last.run) enter(last)
  for (const visit of active) enter(visit)
}

/**
 * The documents of one tab and origin, a page and its frames, share what is stored: what one of them writes, the others read at
 * once, lest a step is left, and a run ended, by each of them.
 */
export function shareRuns(tracker: Tracker, signal: AbortSignal): void {
  addEventListener(
    'storage',
    ({ key, storageArea }) => {
      // Other tabs share `localStorage`, where a host may keep the run, but not the page.
      const text = key === 'throughline' && storageArea === tabStorage() && storageArea!.getItem(key)
      // One that declares other journeys knows nothing of ours; and what we do not know of is to stay.
      if (!text || !tracker.others({} as Visit).every(({ run }) => text.includes(run))) return
      tracker.restore()
      storageArea!.setItem(key, text)
    },
    { signal },
  )
}
