const DAY = 864e5

/** The days that a file is about, ms since the epoch: the beginning of the first, and the end of the last. */
export interface OwnDays {
  readonly first: number
  readonly last: number
}

export const dayOf = (time: number): number => Math.floor(time / DAY)

/**
 * Counts records by day.
 *
 * @param now no record is of a later day, ms since the epoch
 */
export function countDays(now: number) {
  const days = new Map<number, number>()
  let all = 0
  return {
    add(time: number) {
      const day = dayOf(time)
      if (day > dayOf(now)) return
      days.set(day, (days.get(day) ?? 0) + 1)
      all++
    },
    /**
     * The days from the first to the last record, without a hundredth at either end: few devices whose clocks are
     * wrong must not say what is too old. Undefined if there are no records.
     */
    own(): OwnDays | undefined {
      if (all === 0) return undefined
      const spared = Math.floor(all / 100)
      const sorted = [...days].sort(([a], [b]) => a - b)
      const edge = (list: typeof sorted) => {
        let left = spared
        for (const [day, count] of list) {
          if (count > left) return day
          left -= count
        }
        return list.at(-1)![0]
      }
      return { first: edge(sorted) * DAY, last: (edge(sorted.toReversed()) + 1) * DAY - 1 }
    },
  }
}

/** As of when a request is judged: the end of the day of the middle one of its times, within the file's own days. */
export function asOf(times: readonly number[], { first, last }: OwnDays): number {
  const middle = times.toSorted((a, b) => a - b)[times.length >> 1] ?? last
  return Math.min(Math.max((dayOf(middle) + 1) * DAY - 1, first), last)
}
