// Why runs left where they did, in plain TypeScript: what the SQL must say of the same runs.
import type { LeavingReason } from '../result'
import type { Rules } from './figures'
import type { Visit, Visited } from './measures'
import { orderOfRun } from './order'

/** What visits are held against. */
export interface LeavingRules extends Rules {
  /** By step: the declared target in ms; undefined for none. */
  readonly targets: readonly (number | undefined)[]
  /** By step: whether its visits report when they are ready. */
  readonly timed: readonly boolean[]
  /** ms. */
  readonly quick: number
  /** Whether a request of the visit failed. */
  readonly failedOn: (visit: Visit) => boolean
}

/** Why a run left; null if it converted, may go on or began later. */
function reasonOf(
  { visits, fate }: Visited,
  { within, targets, timed, quick, failedOn }: LeavingRules,
): { step: number; reason: LeavingReason } | null {
  const { entered, later, finished, going, furthest: step } = fate
  if (later || finished !== null || going || step < 0) return null
  const order = orderOfRun(visits).order as Visit[]
  const at = order.findLastIndex((visit) => visit.step === step && visit.time <= entered + within)
  const visit = order[at]
  // What a server entered without saying behind which visit is nobody's stay.
  if (!visit) return { step, reason: 'other' }
  const after = order.filter(({ time }) => time > visit.time).map(({ time }) => time)
  const stayed = Math.min(visit.left?.time ?? Number.POSITIVE_INFINITY, ...after) - visit.time
  const ready = visit.ready ?? Number.POSITIVE_INFINITY
  const isLate = timed[step] && !visit.isServer && !(ready <= stayed && Number.isFinite(ready))
  const next = order[at + 1]
  const reason: LeavingReason = visit.errors.length
    ? 'error'
    : failedOn(visit)
      ? 'failing-request'
      : isLate
        ? 'not-ready'
        : targets[step] !== undefined && Number.isFinite(ready) && ready > targets[step]
          ? 'slow'
          : visit.left?.outcome === 'returned' || (next && next.step < step)
            ? 'went-back'
            : stayed < quick
              ? 'at-once'
              : 'other'
  return { step, reason }
}

/** How many runs left each step for which reason. */
export function leavingOf(
  runs: readonly Visited[],
  rules: LeavingRules,
): Partial<Record<LeavingReason, number>>[] {
  const counts = rules.required.map((): Partial<Record<LeavingReason, number>> => ({}))
  for (const run of runs) {
    const found = reasonOf(run, rules)
    if (found) counts[found.step]![found.reason] = (counts[found.step]![found.reason] ?? 0) + 1
  }
  return counts
}
