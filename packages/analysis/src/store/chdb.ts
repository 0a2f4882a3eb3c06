import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { availableParallelism } from 'node:os'
import { join } from 'node:path'
import { Advice } from '../advice'
import type { Store } from '../engine'
import { EMBEDDED } from './embedded'

/** Not `default`, which also shows the files of the working directory as tables. */
const DATABASE = 'throughline'

/**
 * Loads the engine when it is first needed: it is an optional peer of half a gigabyte, and who asks a ClickHouse goes
 * without.
 *
 * @throws Advice when it is not installed
 */
function loadEngine(): typeof import('chdb') {
  try {
    return createRequire(import.meta.url)('chdb')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'MODULE_NOT_FOUND') throw error
    throw new Advice(
      `the embedded engine is not installed: run "npm install --save-dev ${EMBEDDED}", or ask a ClickHouse with --clickhouse URL`,
    )
  }
}

/** Parses JSONEachRow. */
export const parseRows = <Row>(text: string): Row[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Row)

/** Writes rows as JSONEachRow. */
export const formatRows = (rows: readonly object[]): Buffer =>
  Buffer.from(rows.map((row) => JSON.stringify(row)).join('\n'))

/**
 * Opens ClickHouse inside this process, on a folder that is created when it is missing and that no other process has
 * open.
 *
 * @throws Advice when the engine is not installed; an error when another process holds the folder, or it cannot be
 * written
 */
export function openChdb(folder: string): Store {
  const { drainPending, Session } = loadEngine()
  const path = join(folder, 'db')
  mkdirSync(path, { recursive: true })
  const writer = new Session(path)
  writer.query(`CREATE DATABASE IF NOT EXISTS ${DATABASE} ENGINE = Atomic`)
  writer.query(`USE ${DATABASE}`)
  // Nothing here is looked up by these indexes, and they cost a fifth of an insert; merges still write them.
  writer.query('SET materialize_skip_indexes_on_insert = 0')
  // A connection of its own, so that a report neither waits for inserts nor can change anything
  // but temporary tables.
  const reader = new Session(path)
  reader.query(`USE ${DATABASE}`)
  // A report's tables are written, and read again, by as many threads as there are cores. Many runs are not looked up in
  // the index, for which they would have to be sorted. Joins are written with the smaller side to the right; of
  // temporary tables the planner does not know which one that is.
  reader.query(
    `SET max_insert_threads = ${availableParallelism()}, min_insert_block_size_rows = 65536,
      use_index_for_in_with_subqueries_max_values = 10000,
      query_plan_optimize_join_order_limit = 0, query_plan_join_swap_table = 'false'`,
  )
  reader.query('SET readonly = 2')

  const append: Store['append'] = async (table, lines) => {
    await writer.insert({ table, values: lines, format: 'JSONEachRow' })
  }
  return {
    temporaryTables: true,
    append,
    insert: (table, rows) => append(table, formatRows(rows)),
    async query<Row>(sql: string, params = {}) {
      const result = await reader.queryBindAsync(sql, params, { format: 'JSONEachRow' })
      return parseRows<Row>(result.text())
    },
    async command(sql) {
      await writer.queryAsync(sql)
    },
    async close() {
      // Closing under a running operation, or ending before both are closed, crashes the process.
      await drainPending()
      reader.close()
      writer.close()
      await drainPending()
    },
  }
}
