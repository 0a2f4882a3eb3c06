import { Advice } from '../advice'
import type { Engine } from '../engine'
import { isSafeFunction } from './safe-functions'

// One SELECT of a user's, over the documented tables. It is the engine that parses it, so there is no second idea of
// what the text means: `formatQuerySingleLine` says that it is one statement and gives it without comments, `EXPLAIN
// AST` its syntax tree, of which every node and function has to be known here, and `EXPLAIN QUERY TREE` the tables
// that its names stand for.

/** Nodes of the syntax tree. What may not occur: settings, formats, files to write, functions that are tables. */
const NODES = new Set([
  'SelectWithUnionQuery',
  'SelectIntersectExceptQuery',
  'SelectQuery',
  'ExpressionList',
  'Subquery',
  'WithElement',
  'Function',
  'Identifier',
  'Literal',
  'Asterisk',
  'QualifiedAsterisk',
  'ColumnsTransformerList',
  'ColumnsExceptTransformer',
  'ColumnsListMatcher',
  'ColumnsRegexpMatcher',
  'TablesInSelectQuery',
  'TablesInSelectQueryElement',
  'TableExpression',
  'TableIdentifier',
  'TableJoin',
  'ArrayJoin',
  'OrderByElement',
  'InterpolateElement',
  'WindowDefinition',
  'WindowListElement',
  'SampleRatio',
])

const TABLES =
  /^(otel_traces|otel_logs|throughline_(visits|outcomes|vitals|errors|calls|exposures|pages|deliveries|aliases|subjects|marks|schema))$/

/** What one query may take. */
const SECONDS = 30
const BYTES = 4e9

/** How a query is asked. */
export interface SelectOptions {
  /** At most so many rows; 1,000 if left out. */
  readonly limit?: number
}

/** Rows, and whether there are more. */
export interface Selected {
  readonly rows: readonly Record<string, unknown>[]
  readonly more: boolean
}

const refuse = (what: string): never => {
  throw new Advice(`${what}; a query is one SELECT over otel_traces, otel_logs and the throughline_ tables`)
}

const firstLine = (error: unknown) => (error as Error).message.split('\n')[0]!.slice(0, 300)

/** The statement alone, as the engine writes it. */
async function canonical(engine: Engine, sql: string): Promise<string> {
  try {
    const [row] = await engine.query<{ text: string }>('SELECT formatQuerySingleLine({sql:String}) AS text', {
      sql,
    })
    return row!.text
  } catch (error) {
    throw new Advice(`the query cannot be read: ${firstLine(error)}`)
  }
}

async function explain(engine: Engine, how: 'AST' | 'QUERY TREE', statement: string): Promise<string[]> {
  try {
    const rows = await engine.query<{ explain: string }>(`EXPLAIN ${how} ${statement}`)
    return rows.map((row) => row.explain)
  } catch (error) {
    throw new Advice(`the query cannot be planned: ${firstLine(error)}`)
  }
}

/** @throws Advice when the syntax tree has something that may not be there */
function checkSyntax(tree: readonly string[]): void {
  if (tree[0] !== 'SelectWithUnionQuery (children 1)')
    refuse('only a SELECT, without FORMAT or INTO, is permitted')
  let table = -1
  for (const line of tree) {
    const [, indent = '', node = '', name = ''] = /^( *)(\w+)(?: (\S*))?/.exec(line) ?? []
    if (node === 'Set') refuse('SETTINGS are not permitted')
    if (!NODES.has(node)) refuse(`"${node || line.slice(0, 40)}" is not permitted`)
    if (node === 'Function') {
      if (indent.length === table + 1) refuse(`the table function "${name}" is not permitted`)
      if (!isSafeFunction(name)) refuse(`the function "${name}" is not permitted`)
    }
    if (/^(system|information_schema)\./i.test(name)) refuse(`"${name}" is not permitted`)
    if (node === 'TableIdentifier' && name.includes('.')) refuse(`"${name}" is of another database`)
    if (node === 'TableExpression') table = indent.length
  }
}

/** @throws Advice when a name stands for a table that is not documented */
function checkTables(tree: readonly string[], databases: readonly string[]): void {
  for (const line of tree) {
    if (/^ *TABLE_FUNCTION/.test(line)) refuse('functions that are tables are not permitted')
    if (!/^ *TABLE id: /.test(line)) continue
    const [, database = '', table = ''] = /.*\btable_name: (\w+)\.(\w+)(, |$)/.exec(line) ?? []
    // A SELECT without FROM reads this.
    if (database === 'system' && table === 'one') continue
    if (!databases.includes(database) || !TABLES.test(table))
      refuse(`the table "${table || line.trim()}" is not permitted`)
  }
}

/**
 * Asks one SELECT, read only and bounded in time, memory and rows.
 *
 * @throws Advice when it is anything else, reads what is not documented, or takes too much
 */
export async function safeSelect(
  engine: Engine,
  sql: string,
  { limit = 1000 }: SelectOptions = {},
): Promise<Selected> {
  const statement = await canonical(engine, sql)
  const syntax = await explain(engine, 'AST', statement)
  checkSyntax(syntax)
  const [here] = await engine.query<{ name: string }>('SELECT currentDatabase() AS name')
  checkTables(await explain(engine, 'QUERY TREE', statement), [here!.name])
  // The setting `limit` bounds what is given out, in the order of the query; of a union only its last part.
  const isUnion =
    syntax[1] !== ' ExpressionList (children 1)' || syntax[2]?.trim().startsWith('SelectIntersect')
  const bounded = isUnion ? `SELECT * FROM (${statement})` : statement
  const settings = `readonly = 2, limit = ${limit + 1}, max_execution_time = ${SECONDS}, max_memory_usage = ${BYTES}`
  try {
    const rows = await engine.query<Record<string, unknown>>(`${bounded} SETTINGS ${settings}`)
    return { rows: rows.slice(0, limit), more: rows.length > limit }
  } catch (error) {
    throw new Advice(`the query failed: ${firstLine(error)}`)
  }
}
