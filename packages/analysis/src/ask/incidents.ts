import type { Hour } from '../infer/shortfall'
import { shortfall } from '../infer/shortfall'
import type { IncidentCost, Mark } from '../result'
import type { Cell, HourOfCells, Strata } from './hours'
import { CELL, hoursBetween, STRATA, stratumAt, sum } from './hours'
import type { Worth } from './lost-conversions'
import { worth } from './lost-conversions'

/** The finest strata of which each hour asked for has two others, at least, that say what is usual. */
export function usableStrata(
  usual: readonly HourOfCells[],
  asked: readonly HourOfCells[],
  timeZone: string,
): Strata {
  const found = STRATA.find((strata) => {
    const counts = new Map<string, number>()
    for (const { at } of usual) {
      const stratum = stratumAt(at, strata, timeZone)
      counts.set(stratum, (counts.get(stratum) ?? 0) + 1)
    }
    return asked.every(({ at }) => (counts.get(stratumAt(at, strata, timeZone)) ?? 0) >= 2)
  })
  return found ?? 'none'
}

/** Hours as `shortfall` takes them; `of` says how much a quarter adds. */
export const hoursOf = (
  hours: readonly HourOfCells[],
  strata: Strata,
  timeZone: string,
  of: (cell: Cell) => number | { readonly amount: number; readonly squares: number },
): Hour[] =>
  hours.map(({ at, length, cells }) => {
    const found = cells.map(of)
    return {
      stratum: stratumAt(at, strata, timeZone),
      length,
      sum: sum(found, (one) => (typeof one === 'number' ? one : one.amount)),
      squares: sum(found, (one) => (typeof one === 'number' ? one : one.squares)),
    }
  })

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
 * What incidents cost, by when runs began: whoever never came counts as well. The same hours of other days, outside
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
