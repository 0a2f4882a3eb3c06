import { shortfall } from '../infer/shortfall'
import type { IncidentCost, Mark } from '../result'
import type { Cell } from './hours'
import { CELL, hoursBetween, hoursOf, sum, usableStrata } from './hours'
import type { Worth } from './lost-conversions'
import { worth } from './lost-conversions'

/** What an incident lies in. */
export interface Around {
  readonly since: number
  /** Before this, runs cannot convert any more. */
  readonly until: number
  readonly timeZone: string
}

const covers = ({ at, end }: Mark, time: number) =>
  time + CELL > Date.parse(at) && (end === null || time < Date.parse(end))

/**
 * What incidents cost, by when runs began: people who never came count as well. The same hours of other days, outside
 * of all incidents, say what was to be expected. Times are rounded to quarters of an hour, outwards. Incidents of
 * which nothing lies between the first run and the last that counts are left out.
 */
export function incidentCosts(
  marks: readonly Mark[],
  cells: readonly Cell[],
  { since, until, timeZone }: Around,
  journey: Worth,
): IncidentCost[] {
  const incidents = marks.filter(({ kind }) => kind === 'incident')
  if (!incidents.length || !cells.length) return []
  const from = Math.max(since, cells[0]!.at)
  const usual = hoursBetween(cells, from, until, (at) => !incidents.some((mark) => covers(mark, at)))
  return incidents.flatMap((mark) => {
    const asked = hoursBetween(cells, from, until, (at) => covers(mark, at))
    if (!asked.length) return []
    const strata = usableStrata(usual, asked, timeZone)
    const missing = (of: (cell: Cell) => number) =>
      shortfall(hoursOf(usual, strata, timeZone, of), hoursOf(asked, strata, timeZone, of))
    const [runs, conversions] = [missing(({ runs: count }) => count), missing((cell) => cell.conversions)]
    if (!runs || !conversions) return []
    return [
      {
        mark,
        hours: sum(asked, ({ length }) => length),
        runs,
        conversions,
        lostValue: worth(conversions.missing, journey.conversions, journey.value),
      },
    ]
  })
}
