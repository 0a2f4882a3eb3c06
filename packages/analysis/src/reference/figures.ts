// The funnel's figures, in plain TypeScript: what the report must say of the same runs.
import type { Enter } from './order'
import { wayOfRun } from './order'
import type { Report } from './outcome'
import { factsOf, lastWord } from './outcome'

/** All that arrived of one run, without copies. */
export interface Run {
  readonly enters: readonly Enter[]
  readonly reports: readonly Report[]
}

/** How runs are counted. Steps by 0-based place; times in ms. */
export interface Rules {
  /** For each step the last required one before it; -1 if there is none. */
  readonly required: readonly number[]
  readonly converts: number
  readonly within: number
  readonly asOf: number
}

/** The figures of a funnel. */
export interface Figures {
  readonly runs: number
  readonly conversions: number
  readonly value: number
  readonly reached: number[]
  readonly droppedOff: number[]
  readonly stillGoing: number[]
  readonly later: {
    readonly runs: number
    readonly conversions: number
    readonly stillGoing: number
    readonly value: number
  }
}

/** Counts runs. */
export function figuresOf(runs: readonly Run[], { required, converts, within, asOf }: Rules): Figures {
  const counted = runs.map(({ enters, reports }) => {
    const { entered, later, times } = wayOfRun(enters, required, within)
    const word = lastWord(reports)
    const isDenied = word?.isServer && word.outcome !== 'converted'
    // A browser's report is on the clock of the run's enters, so it is asked first when. A server's may be the only
    // one; its clock is compared with nothing here, so it is only asked when if it entered everything itself.
    const facts = word?.outcome === 'converted' ? factsOf(reports) : []
    const reported = facts
      .filter(({ isServer, outcome }) => !isServer && outcome === 'converted')
      .map(({ date }) => date)
    const untested = word?.isServer && enters.some(({ isServer }) => !isServer)
    const confirmed = word?.convertedAt ?? Number.POSITIVE_INFINITY
    const told = [
      Math.min(...reported),
      untested && Number.isFinite(confirmed) ? Math.min(confirmed, entered + within) : confirmed,
    ].find((time) => time <= entered + within)
    const finished = isDenied
      ? null
      : (times[converts] ?? (told === undefined ? null : Math.max(told, entered)))
    times[converts] = finished
    const going = finished === null && word === null && Math.min(entered, asOf) + within > asOf
    const value = finished === null ? 0 : (word?.value ?? 0)
    return { later, times, finished, going, value, furthest: times.findLastIndex((time) => time !== null) }
  })
  const count = (pick: (run: (typeof counted)[number]) => boolean) => counted.filter(pick).length
  const worth = (pick: (run: (typeof counted)[number]) => boolean) =>
    counted.filter(pick).reduce((sum, { value }) => sum + value, 0)
  const stays = (step: number) => (run: (typeof counted)[number]) =>
    !run.later && run.finished === null && run.furthest === step
  return {
    runs: counted.length,
    conversions: count(({ finished }) => finished !== null),
    value: worth(() => true),
    reached: required.map((_, step) => count(({ later, times }) => !later && times[step] !== null)),
    droppedOff: required.map((_, step) => count((run) => stays(step)(run) && !run.going)),
    stillGoing: required.map((_, step) => count((run) => stays(step)(run) && run.going)),
    later: {
      runs: count(({ later }) => later),
      conversions: count(({ later, finished }) => later && finished !== null),
      stillGoing: count(({ later, going }) => later && going),
      value: worth(({ later }) => later),
    },
  }
}
