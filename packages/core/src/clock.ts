/** Above this difference from the wall clock, ms, the page's own clock is set again. */
const DRIFT = 1000
const MOST = 20

/** From a moment of the page's own clock on, what is to be added to it: ms since the epoch at its zero. */
type Anchor = [from: number, origin: number]

let anchors: Anchor[] = []
let checked = 0
/** The moment that counts as now, of work that had to wait. */
let pinned: number | undefined

/**
 * Compares both clocks. While a laptop sleeps, `performance.now()` stands still or goes on, as the system likes, and
 * the user may set the wall clock: https://github.com/w3c/hr-time/issues/115
 */
function check(): number {
  const moment = performance.now()
  const origin = Date.now() - moment
  const before = anchors.at(-1)?.[1] ?? performance.timeOrigin
  // Also where there is no `timeOrigin`.
  const isGood = Math.abs(origin - before) <= DRIFT
  if (!anchors.length || !isGood)
    // What a handler that runs now was called for is a moment old, and belongs to the new time.
    anchors = [
      ...anchors,
      [Math.max(checked, moment - DRIFT), isGood ? before : origin] satisfies Anchor,
    ].slice(-MOST)
  checked = moment
  return moment
}

/** What the wall clock is ahead of the page's own clock, ms: it changes when one of them jumps, by as much. */
export function clockOrigin(): number {
  check()
  return anchors.at(-1)![1]
}

/** ms since the epoch, now: follows the wall clock, and between its jumps never goes back. */
export const wallTime = (): number => (pinned === undefined ? check() + anchors.at(-1)![1] : epochOf(pinned))

/**
 * ms since the epoch of a moment on the page's own clock: an event's `timeStamp`, a performance entry's `startTime`.
 */
export function epochOf(moment: number): number {
  check()
  return moment + (anchors.findLast(([from]) => from < moment) ?? anchors[0]!)[1]
}

/** Does work as if at an earlier moment of the page's own clock; undefined: now. */
export function doAsAt<T>(moment: number | undefined, work: () => T): T {
  const before = pinned
  pinned = moment
  try {
    return work()
  } finally {
    pinned = before
  }
}
