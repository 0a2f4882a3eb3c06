import type { Visit } from '../event'
import type { Tracker } from '../tracker-types'
import { tabStorage } from './persistence'
import { safely } from './safely'

/**
 * After a back/forward cache restore: reads what other documents have stored in the meantime, and enters the steps
 * again on which this document was. A confirmation page says nothing of a run that came after its own.
 *
 * @param navigated tells the tracker of the restore
 */
export function restoreHere(tracker: Tracker, navigated: () => void): void {
  const last = tracker.current()
  const here = [...tracker.others({} as Visit)].reverse()
  tracker.restore()
  const enter = ({ journey, step }: Visit) => tracker.enter({ name: journey } as never, step as never)
  if (here.length === 0 && last && tracker.current({ name: last.journey } as never)?.run === last.run)
    here.push(last)
  const ambient = here.pop()
  here.forEach(enter)
  // It led to the step that was in force, whatever else goes on.
  navigated()
  if (ambient) enter(ambient)
}

/**
 * The documents of one tab and origin, a page and its frames, share what is stored: what one of them writes, the
 * others read at once, lest a step is left, and a run ended, by each of them.
 */
export function shareRuns(tracker: Tracker, signal: AbortSignal): void {
  const share = ({ key, storageArea }: StorageEvent) => {
    // Other tabs share `localStorage`, where a host may keep the run, but not the page.
    const text = key === 'throughline' && storageArea === tabStorage() && storageArea!.getItem(key)
    // One that declares other journeys knows nothing of ours; and what we do not know of is to stay.
    if (!text || !tracker.others({} as Visit).every(({ run }) => text.includes(run))) return
    const { runs } = JSON.parse(text) as { runs: { id: string; visit: Visit }[] }
    const here = tracker.current()
    // A frame that may store only now may hold what has long gone by.
    if (here && runs.some(({ id, visit }) => id === here.run && visit.start < here.start)) return
    tracker.restore()
    storageArea!.setItem(key, text)
  }
  addEventListener('storage', (event) => safely(() => share(event)), { signal })
}
