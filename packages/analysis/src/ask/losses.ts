import type { Hypothesis, Journey } from '@throughline/core'
import { percent, plural } from '../format'
import { chiSquareTail } from '../infer/distributions'
import type { FindingKind } from '../result'
import type { Note } from './findings'
import { warning } from './findings'
import type { Scope } from './tables'

interface LossRow {
  kind: 'browser' | 'variant' | 'step'
  value: string
  pages: number
  /** Pages of which anything is missing. */
  losing: number
  emitted: number
  missing: number
}

/** Shares that differ by less are not worth a warning. */
const DIFFERENCE = 0.01
/** Many things are compared, so chance has to be improbable. */
const CHANCE = 0.001

const shareOf = ({ missing, emitted }: Pick<LossRow, 'missing' | 'emitted'>) => missing / Math.max(1, emitted)

/**
 * Probability that pages of either lose equally often, by chi-square. Pages, not events: what a page loses, it often
 * loses together.
 */
function chance(one: LossRow, other: Pick<LossRow, 'pages' | 'losing'>): number {
  const pages = one.pages + other.pages
  const losing = one.losing + other.losing
  const product = one.pages * other.pages * losing * (pages - losing)
  if (product === 0) return 1
  const cross = one.losing * (other.pages - other.losing) - other.losing * (one.pages - one.losing)
  return chiSquareTail((pages * cross ** 2) / product, 1)
}

function others(rows: readonly LossRow[], one: LossRow) {
  const rest = rows.filter((row) => row !== one)
  const sum = (what: 'pages' | 'losing' | 'emitted' | 'missing') =>
    rest.reduce((all, row) => all + row[what], 0)
  return { pages: sum('pages'), losing: sum('losing'), emitted: sum('emitted'), missing: sum('missing') }
}

/** Those that surely lose more than all others together. */
const worse = (rows: readonly LossRow[]): { row: LossRow; rest: number }[] =>
  rows.flatMap((row) => {
    const rest = others(rows, row)
    const isWorse = shareOf(row) - shareOf(rest) > DIFFERENCE && chance(row, rest) < CHANCE
    return isWorse ? [{ row, rest: shareOf(rest) }] : []
  })

const text = (where: string, row: LossRow, rest: number, what: string) =>
  `${where}: ${percent(shareOf(row))} of the events ${row.kind === 'step' ? 'at it and next behind it' : 'of its pages'} are missing (${plural(row.missing, 'event')} of ${plural(row.losing, 'page')}), against ${percent(rest)} of ${what}.`

/** Where pages lose more of their events than elsewhere: by browser, by step, by variant. */
export async function lossNotes(
  everything: Scope,
  journeys: readonly Journey[],
  hypotheses: readonly Hypothesis[],
): Promise<Note[]> {
  const places = [
    ...new Set(journeys.flatMap(({ name, steps }) => steps.map((step) => `${name} ${step.name}`))),
  ]
  const rows = await everything.ask<LossRow>('losses', { places })
  const of = (kind: LossRow['kind'], prefix = '') =>
    rows.filter((row) => row.kind === kind && row.value.startsWith(prefix) && row.value !== prefix)
  const named = (
    kind: FindingKind,
    found: ReturnType<typeof worse>,
    where: (row: LossRow) => string,
    what: string,
  ) => found.map(({ row, rest }) => warning(text(where(row), row, rest, what), kind))
  return [
    ...named('loss-by-browser', worse(of('browser')), ({ value }) => value, 'other browsers'),
    ...named('loss-by-step', worse(of('step')), ({ value }) => value.replace(' ', ', '), 'other steps'),
    ...hypotheses.flatMap(({ id }) =>
      named(
        'loss-by-variant',
        worse(of('variant', `${id}=`)),
        ({ value }) => value.replace('=', ', variant '),
        'other variants',
      ),
    ),
  ]
}
