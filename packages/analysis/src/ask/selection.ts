import { Advice } from '../advice'
import type { AnalyseOptions } from './analyse'

/** What a report is about, as options and query strings spell it. */
export interface Selection {
  readonly journey?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly by?: string | undefined
}

const UNITS: Readonly<Record<string, number>> = { m: 6e4, h: 36e5, d: 864e5, w: 7 * 864e5 }

const ISO = /^(\d{4})-(\d{2})-(\d{2})(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/

/** A day (in UTC) or moment as ISO 8601 has it; undefined for any other text, and for a day that no month has. */
function calendar(text: string): Date | undefined {
  const [, year, month, day] = ISO.exec(text) ?? []
  const date = new Date(text)
  if (!day || Number.isNaN(date.getTime())) return undefined
  // `2026-11-31` would become the first of December.
  const same = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  return same.getUTCMonth() === Number(month) - 1 ? date : undefined
}

/**
 * A moment: `7d` before now, or ISO 8601.
 *
 * @throws Advice when it is neither
 */
export function moment(text: string, what: string, now: Date): Date {
  const [, count, unit] = /^(\d+)([mhdw])$/.exec(text) ?? []
  const date = count ? new Date(now.getTime() - Number(count) * UNITS[unit!]!) : calendar(text)
  if (!date)
    throw new Advice(`${what} is "${text}"; write 30m, 12h, 7d, 4w (ago) or a date such as 2026-01-31`)
  return date
}

/**
 * Reads what a report is about.
 *
 * @throws Advice that names the one that cannot be read
 */
export function parseSelection({ journey, since, until, by }: Selection, now: Date): AnalyseOptions {
  if (by !== undefined && by !== 'run' && by !== 'subject')
    throw new Advice(`by is "${by}"; write run or subject`)
  const from = since ? moment(since, 'since', now) : undefined
  const to = until ? moment(until, 'until', now) : undefined
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
  }
}
