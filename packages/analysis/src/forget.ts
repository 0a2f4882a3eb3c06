import { Advice } from './advice'
import type { Engine } from './engine'
import { fill, queryText, sqlText } from './sql'

/** Who or what is erased: a person, by any of its names, or one run. */
export type Whom = { readonly subject: string } | { readonly run: string }

/** What was erased. */
export interface Forgotten {
  /** All names of the person. */
  readonly names: readonly string[]
  readonly runs: number
  /** How many rows, of those tables that had any. */
  readonly tables: readonly { readonly table: string; readonly rows: number }[]
}

/** Names, runs, pages and traces, as the statements refer to them. */
interface Ids {
  readonly names: readonly string[]
  readonly runs: readonly string[]
  readonly pages: readonly string[]
  readonly traces: readonly string[]
}

interface Table {
  readonly target: string
  readonly condition: string
  readonly named: string
  readonly has_run: number
}

/** Ids in one statement: the parser of ClickHouse takes 256 KiB. */
const SLICE = 500

const load = (name: string) => sqlText(`forget/${name}`)

const quote = (text: string) => `'${text.replaceAll(/[\\']/g, '\\$&')}'`

/** What stands behind IN; NULL equals nothing, and an empty list is no SQL. */
const listOf = (ids: readonly string[]) => `(${['NULL', ...ids.map(quote)].join(', ')})`

const fillIds = (text: string, { names, runs, pages, traces }: Ids) =>
  fill(text, { names: listOf(names), runs: listOf(runs), pages: listOf(pages), traces: listOf(traces) })

/** The ids in portions that a statement can hold. */
function slices(ids: Ids): Ids[] {
  const length = Math.ceil(Math.max(...Object.values(ids).map((list) => list.length)) / SLICE)
  const part = (list: readonly string[], at: number) => list.slice(at * SLICE, (at + 1) * SLICE)
  return Array.from({ length }, (_, at) => ({
    names: part(ids.names, at),
    runs: part(ids.runs, at),
    pages: part(ids.pages, at),
    traces: part(ids.traces, at),
  }))
}

async function namesOf(engine: Engine, subject: string): Promise<string[]> {
  const text = fill(load('names'), { links: queryText('links') })
  const rows = await engine.query<{ id: string }>(text, { subject })
  return [...new Set([subject, ...rows.map(({ id }) => id)])]
}

/** What a question about ids finds. */
async function find(engine: Engine, text: string, ids: Ids): Promise<string[]> {
  const found = new Set<string>()
  for (const slice of slices(ids))
    for (const { id } of await engine.query<{ id: string }>(fillIds(text, slice))) found.add(id)
  return [...found]
}

async function idsOf(engine: Engine, whom: Whom, tables: readonly Table[]): Promise<Ids> {
  const none: Ids = { names: [], runs: [], pages: [], traces: [] }
  const derived = tables
    .filter(({ named, has_run }) => named && has_run)
    .map(({ target, named }) => `SELECT run_id FROM ${target} WHERE ${named}`)
    .join('\n  UNION ALL\n  ')
  const named: Ids = 'subject' in whom ? { ...none, names: await namesOf(engine, whom.subject) } : none
  const runs = 'run' in whom ? [whom.run] : await find(engine, fill(load('runs'), { derived }), named)
  const ids = { ...named, runs }
  return {
    ...ids,
    pages: await find(engine, load('pages'), ids),
    traces: await find(engine, load('traces'), ids),
  }
}

async function count(engine: Engine, table: string, condition: string): Promise<number> {
  const [row] = await engine.query<{ n: number }>(`SELECT count() AS n FROM ${table} WHERE ${condition}`)
  return row!.n
}

/**
 * Erases what is stored of a person or a run from every table: rows that name it, and spans and log records of its
 * traces and page loads that name no other run. Resolves once the rows are out of the tables. On a cluster the tables
 * of every shard are cleaned.
 *
 * @throws Advice when an id is none, or nothing is stored of it; whatever the engine throws: run it again then
 */
export async function forget(engine: Engine, whom: Whom): Promise<Forgotten> {
  if ('run' in whom && !/^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/.test(whom.run))
    throw new Advice(`"${whom.run}" is no run id; give one such as 0193f0a0-7e2c-7def-8abc-0123456789ab`)
  if ('subject' in whom && whom.subject === '') throw new Advice('--subject is empty; give the id of one')
  const { shards } = engine
  const database = shards ? quote(shards.own) : 'currentDatabase()'
  const tables = await engine.query<Table>(fill(load('tables'), { database }))
  const ids = await idsOf(engine, whom, tables)

  const erased: { table: string; rows: number }[] = []
  for (const { target, condition } of tables) {
    const which = condition === 'spans' || condition === 'logs' ? load(condition) : condition
    const table = shards ? `${shards.own}.${target} ON CLUSTER ${quote(shards.cluster)}` : target
    let rows = 0
    for (const slice of slices(ids)) {
      const filled = fillIds(which, slice)
      const found = await count(engine, target, filled)
      if (found > 0) await engine.command(fill(load('delete'), { table, condition: filled }))
      rows += found
    }
    if (rows > 0) erased.push({ table: target, rows })
  }
  if (erased.length === 0)
    throw new Advice(
      'run' in whom ? `nothing is stored of run ${whom.run}` : `nothing is stored of subject ${whom.subject}`,
    )
  return { names: ids.names, runs: ids.runs.length, tables: erased }
}
