// Times, attempts, readiness and errors by visit, in plain TypeScript: what the SQL must say of the same runs.
import type { Stratum } from '../infer/strata'
import { lostConversions } from '../infer/strata'
import type { Fate } from './figures'
import type { Enter } from './order'
import { orderOfRun } from './order'

/** A visit with what is known of it. Times in ms. */
export interface Visit extends Enter {
  readonly ready?: number
  readonly left?: { readonly time: number; readonly outcome: string }
  readonly errors: readonly { readonly fingerprint: string; readonly time: number; readonly count: number }[]
}

/** A run with its visits, what became of it, and what it is compared by. */
export interface Visited {
  readonly visits: readonly Visit[]
  readonly fate: Fate
  readonly device: string
  /** A browser said that the run failed. */
  readonly failed: boolean
}

/** Quantiles that interpolate between the two nearest values; null without values. */
export function quantilesOf(values: readonly number[]): { p50: number; p75: number; p95: number } | null {
  if (!values.length) return null
  const sorted = [...values].sort((a, b) => a - b)
  const at = (share: number) => {
    const place = share * (sorted.length - 1)
    const [low, high] = [sorted[Math.floor(place)]!, sorted[Math.ceil(place)]!]
    return low + (high - low) * (place - Math.floor(place))
  }
  return { p50: at(0.5), p75: at(0.75), p95: at(0.95) }
}

/**
 * From the first enter of each step to that of the next one on the run's own path; last, to the conversion. A
 * conversion that nobody can date has no time.
 */
export function legsOf(fates: readonly Fate[], steps: number, converts: number) {
  const legs = Array.from({ length: steps + 1 }, (): number[] => [])
  for (const { times, later, finished, entered, undated } of fates) {
    if (later) continue
    const isTimed = (step: number) => !undated || step !== converts
    const path = times.flatMap((time, step) => (time === null ? [] : [{ step, time }]))
    path.forEach(({ step, time }, at) => {
      const next = path[at + 1]
      if (next && isTimed(step) && isTimed(next.step)) legs[step]!.push(Math.max(0, next.time - time))
    })
    if (finished !== null && !undated) legs[steps]!.push(Math.max(0, finished - entered))
  }
  return legs.map(quantilesOf)
}

/** Visits to each step: how many by how many runs, how they ended, how soon they were ready. */
export function attemptsOf(runs: readonly Visited[], steps: number) {
  return Array.from({ length: steps }, (_, step) => {
    const own = runs.flatMap(({ visits, failed }, run) => {
      const order = orderOfRun(visits).order as Visit[]
      return order.flatMap((visit, at) => {
        if (visit.step !== step) return []
        const next = order[at + 1]
        const outcome =
          visit.left?.outcome ??
          (!next && failed ? 'failed' : next && next.step < visit.step ? 'returned' : '')
        return [{ run, outcome, ready: visit.ready }]
      })
    })
    const runsHere = new Set(own.map(({ run }) => run)).size
    return {
      mean: runsHere ? own.length / runsHere : 0,
      returned: own.filter(({ outcome }) => outcome === 'returned').length,
      failed: own.filter(({ outcome }) => outcome === 'failed').length,
      ready: quantilesOf(own.flatMap(({ ready }) => ready ?? [])),
    }
  })
}

/** The first visit of a run to each step that it reached before converting. */
function firstVisits({ visits, fate }: Visited, converts: number) {
  const order = orderOfRun(visits).order as Visit[]
  return fate.times.slice(0, converts).flatMap((time, step) => {
    const own = order.filter((visit) => visit.step === step)
    const visit = own.find(({ isServer }) => !isServer) ?? own[0]
    if (time === null || !visit) return []
    const later = order.filter((other) => other.time > visit.time).map((other) => other.time)
    return [{ visit, ended: Math.min(visit.left?.time ?? Number.POSITIVE_INFINITY, ...later) }]
  })
}

const add = <Key>(map: Map<Key, Stratum>, key: Key, exposed: boolean, converted: boolean) => {
  const own = map.get(key) ?? { exposed: 0, exposedConversions: 0, others: 0, otherConversions: 0 }
  map.set(key, {
    exposed: own.exposed + Number(exposed),
    exposedConversions: own.exposedConversions + Number(exposed && converted),
    others: own.others + Number(!exposed),
    otherConversions: own.otherConversions + Number(!exposed && converted),
  })
}

/** Slow first visits to a step against the others, within devices. */
export function readinessStrata(runs: readonly Visited[], converts: number, step: number, slowFrom: number) {
  const strata = new Map<string, Stratum>()
  for (const run of runs)
    for (const { visit } of firstVisits(run, converts))
      if (visit.step === step && visit.ready !== undefined)
        add(strata, run.device, visit.ready > slowFrom, run.fate.finished !== null)
  return [...strata.values()]
}

/** How often each error occurred, and the conversions that it cost. */
export function errorsOf(runs: readonly Visited[], converts: number, phases: readonly number[]) {
  const names = new Set(
    runs.flatMap(({ visits }) =>
      visits.flatMap(({ errors }) => errors.map(({ fingerprint }) => fingerprint)),
    ),
  )
  return new Map(
    [...names].map((name) => {
      const of = ({ errors }: Visit) => errors.filter(({ fingerprint }) => fingerprint === name)
      const meeting = runs.filter(({ visits }) => visits.some((visit) => of(visit).length > 0))
      const strata = new Map<string, Stratum>()
      for (const run of runs)
        for (const { visit, ended } of firstVisits(run, converts)) {
          const first = Math.min(...of(visit).map(({ time }) => time))
          const after = Math.max(0, Math.min(first, ended) - visit.time)
          const met = Number.isFinite(first) ? phases.findLastIndex((phase) => phase <= after) : phases.length
          phases.forEach((phase, at) => {
            // Who met it in an earlier phase is nobody's comparison.
            if (at > met || (at > 0 && !(ended >= visit.time + phase))) return
            add(strata, `${visit.step} ${at} ${run.device}`, at === met, run.fate.finished !== null)
          })
        }
      return [
        name,
        {
          occurrences: meeting.reduce(
            (sum, { visits }) => sum + visits.flatMap(of).reduce((all, { count }) => all + count, 0),
            0,
          ),
          runs: meeting.length,
          converted: meeting.filter(({ fate }) => fate.finished !== null).length,
          lost: lostConversions([...strata.values()]),
        },
      ]
    }),
  )
}
