import { safeSelect } from '../ask/safe-select'
import { plain } from '../format'
import { cut, table } from '../show/terminal/ink'
import type { DataFlags } from './data'
import { askData, outputInk, parseCount, printJson } from './data'

export interface SqlFlags extends DataFlags {
  readonly json?: boolean
  readonly limit: string | number
}

/** Columns that a value takes at most on a terminal. */
const WIDEST = 60

const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value))

/** `throughline sql "SELECT …"`: one SELECT over the documented tables, read only. */
export async function sql(query: string, flags: SqlFlags): Promise<void> {
  const limit = parseCount(flags.limit, '--limit', 100_000)
  const { rows, more } = await askData(flags, (engine) => safeSelect(engine, query, { limit }))
  if (flags.json) printJson(rows)
  else if (!rows.length) process.stdout.write('no rows\n')
  else {
    const names = Object.keys(rows[0]!)
    const cells = rows.map((row) => names.map((name) => cut(textOf(row[name]), WIDEST)))
    const head = names.map(
      (name, at) => `${rows.every((row) => typeof row[names[at]!] === 'number') ? '>' : ''}${plain(name)}`,
    )
    process.stdout.write(`${table(head, cells, outputInk())}\n`)
  }
  if (more) process.stderr.write(`throughline: there are more than ${limit} rows; see --limit\n`)
}
