import { Advice } from '../advice'
import type { AnalyseOptions } from './analyse'
import { checkTimeZone, parseMoment } from './calendar'

/** What a report is about, as options and query strings spell it. */
export interface Selection {
  readonly journey?: string | undefined
  readonly since?: string | undefined
  readonly until?: string | undefined
  readonly by?: string | undefined
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

/**
 * Reads what a report is about.
 *
 * @throws Advice that names the one that cannot be read
 */
export function parseSelection(selection: Selection, now: Date): AnalyseOptions {
  const { journey, since, until } = selection
  const by = oneOf(selection.by, 'by', ['run', 'subject'])
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
    ...(timeZone && { timeZone }),
    ...(synthetic && { synthetic }),
  }
}
