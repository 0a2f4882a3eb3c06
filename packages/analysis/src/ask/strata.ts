import type { Scope } from './tables'

/**
 * ms into a visit at which its phases begin. Who met something in a phase is compared with who was still there when
 * it began.
 */
export const PHASES: readonly number[] = [0, 10_000, 60_000]
/** The phase that begins with the landmark at which measures that accumulate are cut, 1-based. */
export const LANDMARK_PHASE = 2

const DIMENSIONS = ['device', 'network', 'country'] as const

/** What visits are told apart by, besides their step. */
export type Dimensions = Readonly<Record<(typeof DIMENSIONS)[number], string>>

export const stratumKey = ({ device, network, country }: Dimensions): string =>
  JSON.stringify([device, network, country])

/** Visits to a step in one stratum that were open when a phase began, and how many of their runs converted. */
export interface StepStratum extends Dimensions {
  /** Of a breakdown. */
  readonly part: number
  readonly step: string
  /** 1-based. */
  readonly phase: number
  readonly visits: number
  readonly conversions: number
}

export const stepStrata = (scope: Scope): Promise<StepStratum[]> =>
  scope.ask<StepStratum>('step-strata', { phases: PHASES })

/** The dimensions that were recorded with more than one value. */
export const recordedDimensions = (strata: readonly Dimensions[]): string[] =>
  DIMENSIONS.filter((dimension) => new Set(strata.map((stratum) => stratum[dimension])).size > 1)

/** Rows by what `key` says of them, in order of first appearance. */
export function groupBy<Row>(rows: readonly Row[], key: (row: Row) => string): Map<string, Row[]> {
  const groups = new Map<string, Row[]>()
  for (const row of rows) {
    const group = groups.get(key(row))
    if (group) group.push(row)
    else groups.set(key(row), [row])
  }
  return groups
}
