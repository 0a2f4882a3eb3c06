import { Advice } from '../advice'
import type { AnalyseOptions } from './analyse'
import { checkTimeZone, parseMoment } from './calendar'

/** What a report is about, as options and query strings spell it. */
export interface Selection {
  readonly journey?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  /** What is counted (run, subject), a key to break the report down by, or both. */
  readonly by?: string | readonly string[] | undefined
  /** `key=value`, any number of them. */
  readonly where?: string | readonly string[] | undefined
  readonly step?: string | undefined
  readonly every?: string | undefined
  readonly against?: string | undefined
  readonly timezone?: string | undefined
  readonly synthetic?: string | undefined
}

const oneOf = <Choice extends string>(
  value: string | undefined,
  what: string,
  choices: readonly Choice[],
): Choice | undefined => {
  const found = choices.find((choice) => choice === value)
  if (value !== undefined && !found)
    throw new Advice(`${what} is "${value}"; write ${choices.slice(0, -1).join(', ')} or ${choices.at(-1)}`)
  return found
}

const list = (value: string | readonly string[] | undefined): string[] => [value ?? []].flat().map(String)

const UNITS = ['run', 'subject'] as const

/** What is counted and what the report is broken down by: at most one of each. */
function parseBy(by: readonly string[]) {
  const units = UNITS.filter((unit) => by.includes(unit))
  const breakdowns = [...new Set(by.filter((key) => !UNITS.some((unit) => unit === key)))]
  if (units.length > 1) throw new Advice('by is both "run" and "subject"; choose one')
  if (breakdowns.length > 1)
    throw new Advice(`by is ${breakdowns.map((key) => `"${key}"`).join(' and ')}; choose one of them`)
  return { unit: units[0], breakdown: breakdowns[0] }
}

/** `2026-01-01..2026-01-08` and the like: a time from a moment on, up to another. */
function parseRange(text: string, read: (text: string, what: string) => Date) {
  const [from = '', to = ''] = text.split('..')
  const range = { since: read(from, 'against'), until: read(to, 'against') }
  if (range.since >= range.until) throw new Advice(`against is "${text}", which ends before it begins`)
  return range
}

/**
 * Reads what a report is about.
 *
 * @throws Advice that names the one that cannot be read
 */
export function parseSelection(selection: Selection, now: Date): AnalyseOptions {
  const { journey, since, until, step, against } = selection
  const { unit: by, breakdown } = parseBy(list(selection.by))
  const where = list(selection.where)
  const every = oneOf(selection.every, 'every', ['hour', 'day', 'week'])
  const synthetic = oneOf(selection.synthetic, 'synthetic', ['exclude', 'include', 'only'])
  const timeZone = selection.timezone ? checkTimeZone(selection.timezone) : undefined
  const read = (text: string, what: string) => parseMoment(`${text}`, what, now, timeZone ?? 'UTC')
  const from = since ? read(since, 'since') : undefined
  const to = until ? read(until, 'until') : undefined
  if (from && from >= (to ?? now))
    throw new Advice(
      `since (${from.toISOString()}) does not lie before ${to ? `until (${to.toISOString()})` : 'now'}; so there is nothing to look at`,
    )
  return {
    now,
    ...(journey && { journey }),
    ...(from && { since: from }),
    ...(to && { until: to }),
    ...(by && { by }),
    ...(breakdown && { breakdown }),
    ...(where.length > 0 && { where }),
    ...(step && { step }),
    ...(every && { every }),
    ...(against && { against: against.includes('..') ? parseRange(against, read) : against }),
    ...(timeZone && { timeZone }),
    ...(synthetic && { synthetic }),
  }
}
