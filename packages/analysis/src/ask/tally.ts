import type { Journey } from '@throughline/core'

/** Units (runs or subjects) that went alike. */
export interface Alike {
  readonly later: boolean
  readonly converted: boolean
  readonly going: boolean
  /** 1-based; 0 for none. */
  readonly furthest: number
  readonly units: number
  /** Units by step. */
  readonly reached: readonly number[]
}

/** How far units came. */
export interface Tally {
  readonly runs: number
  readonly conversions: number
  /** Those of `runs` that began behind the first required step; they reach no step here. */
  readonly beganLater: { readonly runs: number; readonly conversions: number; readonly stillGoing: number }
  /** Began at the first required step and may still go on. */
  readonly stillGoing: number
  readonly steps: readonly {
    readonly name: string
    readonly reached: number
    readonly droppedOff: number
    readonly stillGoing: number
  }[]
}

/** Adds up some of the rows. */
export const total = <Row extends Pick<Alike, 'units'>>(
  rows: readonly Row[],
  pick: (row: Row) => boolean,
  of: (row: Row) => number = (row) => row.units,
): number => rows.filter(pick).reduce((sum, row) => sum + of(row), 0)

/** Counts how far units came. Each is in one column: converted, left at a step, may still go on, or began later. */
export const tally = (rows: readonly Alike[], { steps }: Pick<Journey, 'steps'>): Tally => ({
  runs: total(rows, () => true),
  conversions: total(rows, (row) => row.converted),
  beganLater: {
    runs: total(rows, (row) => row.later),
    conversions: total(rows, (row) => row.later && row.converted),
    stillGoing: total(rows, (row) => row.later && row.going),
  },
  stillGoing: total(rows, (row) => !row.later && row.going),
  steps: steps.map(({ name }, index) => {
    const stays = (row: Alike) => !row.later && !row.converted && row.furthest === index + 1
    return {
      name,
      reached: total(
        rows,
        (row) => !row.later,
        (row) => row.reached[index]!,
      ),
      droppedOff: total(rows, (row) => stays(row) && !row.going),
      stillGoing: total(rows, (row) => stays(row) && row.going),
    }
  }),
})
