import type { Journey } from '@throughline/core'
import { riskDifference } from '../infer/risk-difference'
import { shortfall } from '../infer/shortfall'
import { differenceOf } from '../infer/square-and-add'
import type { Stratum } from '../infer/strata'
import type { Change, ChangeResult } from '../result'
import type { Cell, HourOfCells, Strata } from './hours'
import { cellsOf, hoursBetween, hoursOf, STRATA, stratumAt, sum, usableStrata } from './hours'
import { countParts } from './parts'
import type { Scope } from './tables'

/** Two times (or releases) to compare. */
export interface Side {
  readonly scope: Scope
  readonly since: number
  readonly until: number
}

export interface ChangeOptions {
  readonly by: 'run' | 'subject'
  readonly against: string
  readonly timeZone: string
  /** Runs that began before this can no longer convert. */
  readonly matureUntil: number
  /** Whether both are of different times; two releases may share one, and then how many came says nothing. */
  readonly apart: boolean
}

/** Strata are used if so many runs of both sides have others that are alike. */
const MATCHED = 0.9

interface Group {
  now: Cell[]
  before: Cell[]
}

function groups(now: readonly Cell[], before: readonly Cell[], strata: Strata, timeZone: string): Group[] {
  const found = new Map<string, Group>()
  const add = (cell: Cell, side: keyof Group) => {
    const key = stratumAt(cell.at, strata, timeZone)
    const group = found.get(key) ?? { now: [], before: [] }
    group[side].push(cell)
    found.set(key, group)
  }
  for (const cell of now) add(cell, 'now')
  for (const cell of before) add(cell, 'before')
  return [...found.values()]
}

const runsOf = (cells: readonly Cell[]) => sum(cells, ({ runs }) => runs)

/** Runs in strata that both sides have. */
const matched = (all: readonly Group[]) =>
  sum(
    all.filter(({ now, before }) => now.length && before.length),
    ({ now, before }) => runsOf(now) + runsOf(before),
  )

const DAY = 864e5

/** A share of runs on both sides, and its difference within strata. */
function shareChange(
  all: readonly Group[],
  trials: (cell: Cell) => number,
  successes: (cell: Cell) => number,
): Change | null {
  const strata = all.map(
    ({ now, before }): Stratum => ({
      exposed: sum(now, trials),
      exposedConversions: sum(now, successes),
      others: sum(before, trials),
      otherConversions: sum(before, successes),
    }),
  )
  const difference = riskDifference(strata)
  if (!difference) return null
  const share = (cells: readonly Cell[]) => sum(cells, successes) / (sum(cells, trials) || 1)
  return {
    now: share(all.flatMap(({ now }) => now)),
    before: share(all.flatMap(({ before }) => before)),
    difference,
  }
}

/** How much a day brings, against what the same hours brought before. */
function dailyChange(
  now: readonly HourOfCells[],
  before: readonly HourOfCells[],
  timeZone: string,
  of: Parameters<typeof hoursOf>[3],
): Change | null {
  const strata = usableStrata(before, now, timeZone)
  const found = shortfall(hoursOf(before, strata, timeZone, of), hoursOf(now, strata, timeZone, of))
  const days = sum(now, ({ length }) => length) / 24
  if (!found || days === 0) return null
  const { expected, observed, missing } = found
  return {
    now: observed / days,
    before: expected / days,
    difference: { value: -missing.value / days, low: -missing.high / days, high: -missing.low / days },
  }
}

/** How a journey's figures differ between two times or releases: of runs that can no longer convert later. */
export async function changeOf(
  journey: Journey,
  [now, before]: readonly [Side, Side],
  { by, against, timeZone, matureUntil, apart }: ChangeOptions,
): Promise<ChangeResult> {
  const [allNow, allBefore] = await Promise.all([cellsOf(now.scope, by), cellsOf(before.scope, by)])
  // A quarter of which some runs may still convert is left out as a whole.
  const isMature = ({ at }: Cell) => at + DAY / 96 <= matureUntil
  const [cellsNow, cellsBefore] = [allNow.filter(isMature), allBefore.filter(isMature)]
  const total = runsOf(cellsNow) + runsOf(cellsBefore)
  const strata =
    STRATA.find((one) => matched(groups(cellsNow, cellsBefore, one, timeZone)) >= MATCHED * total) ?? 'none'
  const all = groups(cellsNow, cellsBefore, strata, timeZone)

  const [readyNow, readyBefore] = await Promise.all(
    [now, before].map(async ({ scope }) => {
      const own = scope.extend({ edges: [0] })
      const parts = await countParts(own.extend({}, { parts: own.textOf('by_time') }), journey, by)
      return parts.partOf(0).steps
    }),
  )
  const ready = journey.steps.flatMap(({ name }) => {
    const [one, other] = [readyNow!, readyBefore!].map(
      (steps) => steps.find((step) => step.name === name)!.ready,
    )
    if (!one || !other) return []
    return [
      { step: name, change: { now: one.value, before: other.value, difference: differenceOf(one, other) } },
    ]
  })

  const hours = (side: Side, cells: readonly Cell[]) => {
    // Before its first run, a journey was not recorded.
    const from = Math.max(side.since, cells[0]?.at ?? side.since)
    return hoursBetween(cells, from, Math.min(side.until, matureUntil))
  }
  const [hoursNow, hoursBefore] = [hours(now, cellsNow), hours(before, cellsBefore)]
  const daily = (of: Parameters<typeof hoursOf>[3]) =>
    apart && cellsNow.length && cellsBefore.length ? dailyChange(hoursNow, hoursBefore, timeZone, of) : null
  const currencies = [
    ...new Set([...cellsNow, ...cellsBefore].flatMap(({ worth }) => [...worth.keys()])),
  ].sort()

  return {
    against,
    runs: { now: runsOf(cellsNow), before: runsOf(cellsBefore) },
    immature: runsOf(allNow) + runsOf(allBefore) - total,
    strata,
    unmatched: total - matched(all),
    perDay: daily(({ runs }) => runs),
    rate: shareChange(
      all,
      ({ runs }) => runs,
      ({ conversions }) => conversions,
    ),
    reached: journey.steps.map(({ name }, index) => ({
      step: name,
      change: shareChange(
        all,
        ({ started }) => started,
        ({ reached }) => reached[index] ?? 0,
      ),
    })),
    errors:
      by === 'run'
        ? shareChange(
            all,
            ({ runs }) => runs,
            ({ errorRuns }) => errorRuns,
          )
        : null,
    ready,
    valuePerDay: currencies.flatMap((currency) => {
      const change = daily(({ worth }) => worth.get(currency) ?? { amount: 0, squares: 0 })
      return change ? [{ currency, change }] : []
    }),
  }
}
