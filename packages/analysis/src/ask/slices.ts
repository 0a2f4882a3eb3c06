import type { Scope } from './tables'

/** First visits that one slice has about. Planning takes 0.2 s for each, so they are not small. */
const VISITS = 500_000

const DAY = 864e5

interface DayRow {
  /** ms since the epoch. */
  day: number
  visits: number
}

/**
 * Asks a question about the visits of some days at a time, and puts the rows of all answers into one list: what belongs
 * to a visit has the day of its run. It is for what groups all that visits have, by visit: memory then stays the same
 * however long the report's time is. An engine that cannot keep tables would compute the visits again for each slice,
 * so it is asked once.
 */
export async function bySlice<Row>(scope: Scope, ask: (slice: Scope) => Promise<Row[]>): Promise<Row[]> {
  if (!scope.keeps) return ask(scope)
  const rows: Row[] = []
  const days = await scope.ask<DayRow>('steps-by-day')
  for (let from = 0, visits = 0, at = 0; at < days.length; at++) {
    visits += days[at]!.visits
    if (visits < VISITS && at < days.length - 1) continue
    rows.push(...(await ask(scope.extend({ since: days[from]!.day, last: days[at]!.day + DAY - 1 }))))
    from = at + 1
    visits = 0
  }
  return rows
}
