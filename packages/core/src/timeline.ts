import type { Visit } from './event'

/** Answers which visit was ambient at a moment. */
export interface Timeline {
  /** From `start` on, `visit` is ambient; what was noted for later than that is superseded. */
  note(start: number, visit: Visit | undefined): void
  at(time: number): Visit | undefined
}

/** More than one page's vitals can look back on. */
const MOST = 100

export function createTimeline(): Timeline {
  let changes: { start: number; visit: Visit | undefined }[] = []
  return {
    note(start, visit) {
      if (changes.at(-1)?.visit !== visit) changes = [...changes, { start, visit }].slice(-MOST)
    },
    // What was noted last goes first.
    at: (time) => changes.findLast(({ start }) => start <= time)?.visit,
  }
}
