import type { Hour } from '../infer/shortfall'
import type { Amount } from '../result'
import { weekHour } from './calendar'
import type { Scope } from './tables'

/** The quarters of an hour that runs are counted by, in ms. */
export const CELL = 900_000
const HOUR = 36e5

/** What began in one quarter of an hour. */
export interface Cell {
  /** ms. */
  readonly at: number
  runs: number
  conversions: number
  /** Runs that began at the first step, and how many of them reached each step. */
  started: number
  reached: number[]
  errorRuns: number
  /** By currency. */
  readonly worth: Map<string, { amount: number; squares: number }>
}

interface UnitsRow {
  part: number
  later: boolean
  converted: boolean
  units: number
  reached: number[]
}

/** Counts runs (or subjects) by when they began, in order. Quarters in which nothing began are not there. */
export async function cellsOf(scope: Scope, by: 'run' | 'subject'): Promise<Cell[]> {
  await scope.keep('by_cell')
  const own = scope.extend({}, { parts: scope.textOf('by_cell') })
  const [units, values, errors] = await Promise.all([
    own.ask<UnitsRow>('part-units'),
    own.ask<Amount & { part: number; squares: number }>('part-values', { known: by === 'subject' ? 1 : 0 }),
    own.ask<{ part: number; runs: number }>('part-errors'),
  ])
  await scope.drop('by_cell')
  const cells = new Map<number, Cell>()
  const at = (part: number): Cell => {
    const known = cells.get(part)
    if (known) return known
    const cell = {
      at: part,
      runs: 0,
      conversions: 0,
      started: 0,
      reached: [],
      errorRuns: 0,
      worth: new Map(),
    }
    cells.set(part, cell)
    return cell
  }
  for (const { part, later, converted, units: count, reached } of units) {
    const cell = at(part)
    cell.runs += count
    if (converted) cell.conversions += count
    if (later) continue
    cell.started += count
    cell.reached = reached.map((more, step) => (cell.reached[step] ?? 0) + more)
  }
  for (const { part, currency, amount, squares } of values) at(part).worth.set(currency, { amount, squares })
  for (const { part, runs } of errors) at(part).errorRuns = runs
  return [...cells.values()].sort((a, b) => a.at - b.at)
}

/** What tells hours apart, finest first. */
export const STRATA = ['weekday and hour', 'hour', 'none'] as const
export type Strata = (typeof STRATA)[number]

/** Which of the hours that are alike a moment lies in. */
export function stratumAt(time: number, strata: Strata, timeZone: string): string {
  if (strata === 'none') return ''
  const { weekday, hour } = weekHour(time, timeZone)
  return strata === 'hour' ? `${hour}` : `${weekday} ${hour}`
}

/** A part of an hour, with what was counted in it. */
export interface HourOfCells {
  readonly at: number
  /** In hours. */
  readonly length: number
  readonly cells: readonly Cell[]
}

/**
 * The hours between two moments, also those in which nothing began, in whole quarters.
 *
 * @param cells in any order
 * @param isIn which quarters belong to it; all if left out
 */
export function hoursBetween(
  cells: readonly Cell[],
  since: number,
  until: number,
  isIn: (at: number) => boolean = () => true,
): HourOfCells[] {
  const known = new Map(cells.map((cell) => [cell.at, cell]))
  const hours = new Map<number, { at: number; length: number; cells: Cell[] }>()
  for (let at = Math.floor(since / CELL) * CELL; at < until; at += CELL) {
    if (!isIn(at)) continue
    const key = Math.floor(at / HOUR)
    const hour = hours.get(key) ?? { at, length: 0, cells: [] }
    hours.set(key, hour)
    hour.length += CELL / HOUR
    const cell = known.get(at)
    if (cell) hour.cells.push(cell)
  }
  return [...hours.values()]
}

export const sum = <Item>(items: readonly Item[], of: (item: Item) => number): number =>
  items.reduce((total, item) => total + of(item), 0)

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
