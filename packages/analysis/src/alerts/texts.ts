import { promText } from '../promql'
import { fill, queryText, sqlText } from '../sql'

/** Values for `{name}` in a text. */
export type Values = Readonly<Record<string, string>>

/** The query in `promql/<name>.promql`. */
export const promQuery = (name: string, values: Values): string =>
  fill(promText(`${name}.promql`), values)
    .replace(/^#.*\n/gm, '')
    .trim()

/** The query in `sql/dashboards/<name>.sql`, with those that it names inside of it. */
export const dashboardQuery = (name: string, values: Values = {}): string =>
  fill(sqlText(`dashboards/${name}`), values)

/** The range of a dashboard, as the report's own queries take it: ms since the epoch, a day to spare. */
const RANGE: Values = {
  '{from:Int64}': '((toUnixTimestamp($__fromTime) - 86400) * 1000)',
  '{since:Int64}': '((toUnixTimestamp($__fromTime)) * 1000)',
  '{last:Int64}': '((toUnixTimestamp($__toTime) + 86400) * 1000)',
}

/** A query of the report, as a dashboard asks it. */
export function reportQuery(name: string, journey = ''): string {
  const text = queryText(name)
    .replaceAll('{journey:String}', `'${journey}'`)
    // A dashboard asks for all runs.
    .replaceAll('{narrowed:UInt8}', '0')
    .replaceAll('report_narrowed', `(${queryText('narrowed')})`)
  return Object.entries(RANGE).reduce((query, [from, to]) => query.replaceAll(from, () => to), text)
}

/** A list of names, as SQL; none of them can hold a quote. */
export const quoted = (names: readonly string[]): string => names.map((name) => `'${name}'`).join(', ')
