// The order of a run, in plain TypeScript: what the SQL of throughline_enters and throughline_runs must agree with.

/** One enter, once: copies are removed by its id. Times in ms. */
export interface Enter {
  /** Decides between equal ones. */
  readonly id: string
  /** 0-based place of its step in the declaration. */
  readonly step: number
  readonly time: number
  /** The visit's index; none in version 1, nor on what a server entered. */
  readonly index?: number
  /** What a server entered stands behind the visit with this index; none from a server of version 1. */
  readonly after?: number
  readonly isServer?: boolean
}

type Key = readonly (number | string)[]

const compare = (a: Key, b: Key): number => {
  const which = a.findIndex((part, index) => part !== b[index])
  return which < 0 ? 0 : a[which]! < b[which]! ? -1 : 1
}

const sortBy = <T>(items: readonly T[], key: (item: T) => Key): T[] =>
  [...items].sort((a, b) => compare(key(a), key(b)))

/**
 * The enters of a run in its order, and those that count wherever their step could have been entered.
 *
 * @param enters of one run, without copies
 */
export function orderOfRun(enters: readonly Enter[]): { order: Enter[]; floating: Enter[] } {
  const browser = enters.filter((enter) => !enter.isServer)
  const servers = enters.filter((enter) => enter.isServer)
  if (browser.length === 0) return { order: sortBy(servers, ({ time, step }) => [time, step]), floating: [] }
  const indexed = sortBy(
    browser.filter((enter) => enter.index),
    ({ index, time, id }) => [index!, time, id],
  )
  const timed = sortBy(
    browser.filter((enter) => !enter.index),
    ({ time, step }) => [time, step],
  )
  if (indexed.length === 0) return { order: timed, floating: servers }
  const anchored = sortBy(
    servers.filter((enter) => enter.after),
    ({ after, time, id }) => [after!, time, id],
  )
  const order: Enter[] = []
  const place = (before: number) => {
    // Behind the last visit whose index they name, or the largest below.
    order.push(
      ...anchored.filter(({ after }) => indexed.filter(({ index }) => index! <= after!).length === before),
    )
    // Before the first indexed visit that starts after them.
    order.push(
      ...timed.filter(({ time }) => {
        const next = indexed.findIndex((visit) => visit.time > time)
        return (next < 0 ? indexed.length : next) === before
      }),
    )
  }
  indexed.forEach((visit, position) => {
    place(position)
    order.push(visit)
  })
  place(indexed.length)
  return { order, floating: servers.filter((enter) => !enter.after) }
}

/** What became of a run on its way. */
export interface Way {
  /** Its first enter. */
  readonly entered: number
  /** It began behind the first required step: the steps before its first enter are waived. */
  readonly later: boolean
  /** When each step was reached; null for one that does not count. */
  readonly times: (number | null)[]
}

/**
 * When a run reached each step. A step counts by the first of its enters that stands behind the one of the required
 * step before it, if its time is at most `within` after the run's first enter.
 *
 * @param required for each step the 0-based place of the last required step before it; -1 if there is none
 * @param within ms
 */
export function wayOfRun(enters: readonly Enter[], required: readonly number[], within: number): Way {
  const { order, floating } = orderOfRun(enters)
  const inTime = floating.filter(({ time }) => time <= order[0]!.time + within)
  const entered = Math.min(order[0]!.time, ...inTime.map(({ time }) => time))
  return wayAlong(order, inTime, entered, required, within)
}

/**
 * The same for visits that are in order already: of one run, or of all runs of a subject.
 *
 * @param inTime what counts wherever its step could have been entered
 * @param entered when it began
 */
export function wayAlong(
  order: readonly Enter[],
  inTime: readonly Enter[],
  entered: number,
  required: readonly number[],
  within: number,
): Way {
  const firstRequired = required.findIndex(
    (before, step) => required.includes(step) || (before < 0 && step > 0),
  )
  const known = [
    ...inTime.map(({ step }) => step),
    ...order.filter(({ time }) => time <= entered + within).map(({ step }) => step),
  ]
  const later = !known.some((step) => step <= firstRequired)
  const waived = later ? Math.min(...(inTime.length ? inTime : order.slice(0, 1)).map(({ step }) => step)) : 0
  const reached: { at: number; time: number | null }[] = []
  required.forEach((before, step) => {
    const start = before < 0 ? { at: -1, time: entered } : reached[before]
    if (step < waived) reached[step] = { at: -1, time: null }
    else if (!start) return
    else if (inTime.some((enter) => enter.step === step))
      reached[step] = { at: start.at, time: start.time ?? entered }
    else {
      const at = order.findIndex(
        (enter, position) => position > start.at && enter.step === step && enter.time <= entered + within,
      )
      if (at >= 0) reached[step] = { at, time: order[at]!.time }
    }
  })
  return { entered, later, times: required.map((_, step) => reached[step]?.time ?? null) }
}
