import type { Journey } from '@throughline/core'
import type { ChangeResult } from '../result'
import type { AnalyseOptions } from './analyse'
import type { Asked } from './asked'
import { changeOf } from './change'
import { openJourney, select } from './journey-scope'
import type { Scope } from './tables'

/** What the runs of a report are compared with: runs of another time, or of one release with all others. */
export interface Other {
  readonly text: string
  readonly since: number
  readonly until: number
  readonly release?: string
}

/** @param since and `until`: the time of the report, in ms */
export function otherOf(
  against: NonNullable<AnalyseOptions['against']>,
  since: number,
  until: number,
): Other {
  if (against === 'previous') return { text: 'previous', since: since - (until - since), until: since }
  if (typeof against === 'string') return { text: against, since, until, release: against }
  const [from, to] = [against.since, against.until]
  return { text: `${from.toISOString()}..${to.toISOString()}`, since: from.getTime(), until: to.getTime() }
}

/**
 * How the figures of a journey differ from those of the other runs.
 *
 * @param all the journey's runs before any filter
 * @param scope those that the report is about
 * @param matureUntil runs from here on may still convert, and are left out
 */
export async function compareWith(
  { report, params, shared, by, where, timeZone, window }: Asked,
  { all, scope }: { readonly all: Scope; readonly scope: Scope },
  journey: Journey,
  { text, release, ...time }: Other,
  matureUntil: number,
): Promise<ChangeResult> {
  const options = { by, against: text, timeZone, matureUntil, apart: release === undefined }
  const of = (own: Scope, { since, until }: { since: number; until: number }) => ({
    scope: own,
    since,
    until,
  })
  if (release === undefined) {
    const there = { ...time, now: window.now }
    const others = await openJourney(report, params, journey, there, {
      from: time.since,
      asOf: window.until,
      shared,
    })
    return changeOf(journey, [of(scope, window), of(await select(others, by, where), time)], options)
  }
  const rest = where.filter(({ key }) => key !== 'release')
  const isFiltered = rest.length < where.length
  const own = isFiltered ? scope : await select(all, by, where, [{ key: 'release', value: release }])
  const others = await select(all, by, [...rest, { key: 'release', values: [release] }])
  return changeOf(journey, [of(own, time), of(others, time)], options)
}
