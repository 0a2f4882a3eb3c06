import { mkdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import { Advice } from '../advice'
import type { Store } from '../engine'
import { EMBEDDED } from './embedded'
import { openReaders } from './readers'
import { formatRows } from './rows'

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
  const readers = openReaders(() => new Session(path), DATABASE)

  const append: Store['append'] = async (table, lines) => {
    await writer.insert({ table, values: lines, format: 'JSONEachRow' })
  }
  return {
    keeper: readers.keeper,
    append,
    insert: (table, rows) => append(table, formatRows(rows)),
    query: readers.query,
    async command(sql) {
      await writer.queryAsync(sql)
    },
    async close() {
      // Closing under a running operation, or ending before both are closed, crashes the process.
      await drainPending()
      readers.close()
      writer.close()
      await drainPending()
    },
  }
}
