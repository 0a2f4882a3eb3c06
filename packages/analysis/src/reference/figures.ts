// The funnel's figures, in plain TypeScript: what the report must say of the same runs.
import type { JourneyResult } from '../result'
import type { Enter, Way } from './order'
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

const euros = (amounts: readonly { amount: number }[]) => amounts.reduce((sum, { amount }) => sum + amount, 0)

/** The same figures as a report has them, whose runs are all worth euros. */
export const funnelIn = ({ steps, beganLater, value, conversions, runs }: JourneyResult): Figures => ({
  runs,
  conversions,
  value: euros(value),
  reached: steps.map(({ reached }) => reached),
  droppedOff: steps.map(({ droppedOff }) => droppedOff),
  stillGoing: steps.map(({ stillGoing }) => stillGoing),
  later: { ...beganLater, value: euros(beganLater.value) },
})

/** What became of a run, or of all runs of a subject. */
export interface Fate {
  readonly entered: number
  readonly later: boolean
  readonly times: (number | null)[]
  readonly finished: number | null
  readonly going: boolean
  /** A server alone says so, whose clock nothing is compared with. */
  readonly undated: boolean
  /** Of the last step that was reached, 0-based; -1 for none. */
  readonly furthest: number
  readonly value: number
}

/** What the reports of a run say of when it converted; infinite for never. */
export interface Told {
  readonly isDenied: boolean
  readonly hasEnded: boolean
  readonly reported: number
  readonly confirmed: number
  /** Nobody can tell when it was confirmed. */
  readonly untested: boolean
}

/**
 * What the reports of a run say. A server's clock is compared with nothing here, so what it says is only asked when if
 * it entered everything itself.
 */
export function toldOf({ enters, reports }: Run, entered: number, within: number): Told {
  const word = lastWord(reports)
  const facts = word?.outcome === 'converted' ? factsOf(reports) : []
  const reported = facts
    .filter(({ isServer, outcome }) => !isServer && outcome === 'converted')
    .map(({ date }) => date)
  const confirmed = word?.isServer ? (word.convertedAt ?? Number.POSITIVE_INFINITY) : Number.POSITIVE_INFINITY
  const untested = Number.isFinite(confirmed) && enters.some(({ isServer }) => !isServer)
  return {
    isDenied: Boolean(word?.isServer && word.outcome !== 'converted'),
    hasEnded: word !== null,
    reported: Math.min(...reported),
    confirmed: untested ? Math.min(confirmed, entered + within) : confirmed,
    untested,
  }
}

/** The end of a way. A browser's report is on the clock of the run's enters, so it is asked first when. */
export function fateOf(way: Way, told: Told, value: number, { converts, within, asOf }: Rules): Fate {
  const { entered, later } = way
  const when = [told.reported, told.confirmed].find((time) => time <= entered + within)
  const known = when === undefined ? null : Math.max(when, entered)
  const finished = told.isDenied ? null : (way.times[converts] ?? known)
  const times = way.times.with(converts, finished)
  const undated =
    finished !== null && told.untested && way.times[converts] === null && told.reported > entered + within
  const going = finished === null && !told.hasEnded && Math.min(entered, asOf) + within > asOf
  const furthest = times.findLastIndex((time) => time !== null)
  return { entered, later, times, finished, going, undated, furthest, value: finished === null ? 0 : value }
}

/** What became of one run. */
export function fateOfRun(run: Run, rules: Rules): Fate {
  const way = wayOfRun(run.enters, rules.required, rules.within)
  const value = lastWord(run.reports)?.value ?? 0
  return fateOf(way, toldOf(run, way.entered, rules.within), value, rules)
}

/** Counts runs. */
export const figuresOf = (runs: readonly Run[], rules: Rules): Figures =>
  countFates(
    runs.map((run) => fateOfRun(run, rules)),
    rules,
  )

/** Counts what became of runs, or of subjects. */
export function countFates(counted: readonly Fate[], { required }: Rules): Figures {
  const count = (pick: (run: Fate) => boolean) => counted.filter(pick).length
  const worth = (pick: (run: Fate) => boolean) =>
    counted.filter(pick).reduce((sum, { value }) => sum + value, 0)
  const stays = (step: number) => (run: Fate) => !run.later && run.finished === null && run.furthest === step
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
