import type { Run } from './state'

/**
 * One run as two tabs know it. Of what can only grow, the most; of the rest, what the tab knows that did something
 * last.
 */
export function mergeRuns(own: Run, other: Run): Run {
  const newer = own.seen < other.seen ? other : own
  const attempts = { ...own.attempts }
  for (const [step, count] of Object.entries(other.attempts))
    attempts[step] = Math.max(count, attempts[step]! | 0)
  return {
    ...newer,
    outcome: [own, other].find(({ outcome }) => outcome === 'converted')?.outcome ?? newer.outcome,
    attempts,
    visits: Math.max(own.visits, other.visits),
    exposed: [...new Set([...own.exposed, ...other.exposed])],
  }
}

/** A run as another tab joins it, which is on none of its pages. */
export const joinedRun = (run: Run): Run => ({
  ...run,
  visit: { ...run.visit, end: run.visit.end ?? run.seen },
})

/** What the tab of `own` goes on with, since another tab has stored `other`. */
export function runHere(own: Run | undefined, other: Run): Run {
  if (own?.id !== other.id) return own && own.seen >= other.seen ? own : joinedRun(other)
  const run = mergeRuns(own, other)
  // Converted elsewhere: what is entered here now is another run, unless it comes behind the conversion.
  if (run.outcome === 'converted' && !own.outcome) return joinedRun(run)
  return { ...run, visit: own.visit, ready: own.ready, input: own.input }
}
