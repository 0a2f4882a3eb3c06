import { Advice } from './advice'
import type { AnalyseOptions } from './analyse'

/** What a report is about, as options and query strings spell it. */
export interface Selection {
  readonly journey?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly by?: string | undefined
}

const UNITS: Readonly<Record<string, number>> = { m: 6e4, h: 36e5, d: 864e5, w: 7 * 864e5 }

/**
 * A moment: `7d` before now, or ISO 8601.
 *
 * @throws Advice when it is neither
 */
export function moment(text: string, what: string, now: Date): Date {
  const [, count, unit] = /^(\d+)([mhdw])$/.exec(text) ?? []
  const date = count ? new Date(now.getTime() - Number(count) * UNITS[unit!]!) : new Date(text)
  if (Number.isNaN(date.getTime()))
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
  return {
    now,
    ...(journey && { journey }),
    ...(since && { since: moment(since, 'since', now) }),
    ...(until && { until: moment(until, 'until', now) }),
    ...(by && { by }),
  }
}
