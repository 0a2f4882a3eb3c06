// In a chunk of its own, for pages whose steps are entered by address. Imports only types: importing shared code would
// make bundlers create extra chunks.
import type { Tools } from './tools'

/** ms without a change of the page, and without a long task, after which it is taken for ready. */
const QUIET = 500
/** A page that does not come to rest by then, because of an animation say, is not measured. */
const LONGEST = 15_000

/**
 * Calls back when the page has come to rest: nothing in it has been added, taken away or rewritten, no task has held
 * the main thread for 50 ms or more, and no request that is known of is under way, for half a second. Told is the
 * moment of the last of these (ms since the page's time origin). Not called when the page is hidden meanwhile, or does
 * not rest within 15 s.
 *
 * @param isBusy whether a request is under way
 * @param tools what the page has loaded
 * @returns stops watching
 */
export function whenQuiet(
  then: (since: number) => void,
  isBusy: () => boolean,
  { isObservable, setTimer }: Pick<Tools, 'isObservable' | 'setTimer'>,
): () => void {
  const begun = performance.now()
  let last = begun
  let timer: ReturnType<typeof setTimeout> | undefined
  const stop = () => {
    clearTimeout(timer)
    changes.disconnect()
    tasks?.disconnect()
    document.removeEventListener('visibilitychange', stop)
  }
  const touch = (at = performance.now()) => {
    last = Math.max(last, at)
  }
  const changes = new MutationObserver(() => touch())
  changes.observe(document, { childList: true, characterData: true, subtree: true })
  const tasks = isObservable('longtask')
    ? new PerformanceObserver((list) => {
        for (const { startTime, duration } of list.getEntries()) touch(startTime + duration)
      })
    : undefined
  tasks?.observe({ type: 'longtask', buffered: true })
  document.addEventListener('visibilitychange', stop)
  const look = () => {
    const now = performance.now()
    if (document.readyState !== 'complete' || isBusy()) touch(now)
    if (now - begun > LONGEST) return stop()
    const rest = last + QUIET - now
    if (rest > 0) {
      timer = setTimer(look, isBusy() ? 100 : rest)
      return
    }
    stop()
    then(last)
  }
  look()
  return stop
}
