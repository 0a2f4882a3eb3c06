import type { Visit } from './event'

/** Answers which visit was ambient at a moment. */
export interface Timeline {
  /** From `start` on, `visit` is ambient; what was noted for later than that is superseded. */
  note(start: number, visit: Visit | undefined): void
  at(time: number): Visit | undefined
}

/** @param limit how many changes are remembered: more than one page's vitals can look back on */
export function createTimeline(limit = 100): Timeline {
  const changes: { start: number; visit: Visit | undefined }[] = []
  return {
    note(start, visit) {
      while (changes.length > 0 && changes[changes.length - 1]!.start >= start) changes.pop()
      changes.push({ start, visit })
      if (changes.length > limit) changes.shift()
    },
    at(time) {
      for (let i = changes.length - 1; i >= 0; i--) if (changes[i]!.start <= time) return changes[i]!.visit
      return undefined
    },
  }
}
