import { randomBytes } from 'node:crypto'
import { availableParallelism } from 'node:os'
import type { Session } from 'chdb'
import type { Keeper, QueryParams } from '../engine'
import { bind } from './bind'
import { parseRows } from './rows'

// Connections that answer questions: one that fills tables, one that reads them and all others. Neither waits for the
// other, or for inserts. A third would take memory of its own, and on two cores gains nothing.

/** Where what queries gave is kept: in memory, and gone when the process ends. */
const KEPT = 'throughline_kept'

/** Tables older than this belong to a report that was killed, in ms; the live page keeps some for ten minutes. */
const ABANDONED = 3_600_000

/**
 * Opens the connections.
 *
 * @param connect opens one
 * @param database whose tables are read
 */
export function openReaders(connect: () => Session, database: string) {
  // A report's tables are written, and read again, by as many threads as there are cores. Many runs are not looked up
  // in the index, for which they would have to be sorted. Joins are written with the smaller side to the right; of
  // tables that are kept the planner does not know which one that is. What was asked often is not compiled: that takes
  // a second of the fourth report, and the next ones are hardly quicker.
  const settings = `SET max_insert_threads = ${availableParallelism()}, min_insert_block_size_rows = 65536,
    use_index_for_in_with_subqueries_max_values = 10000,
    query_plan_optimize_join_order_limit = 0, query_plan_join_swap_table = 'false',
    compile_expressions = 0, compile_aggregate_expressions = 0, compile_sort_description = 0`
  const open = () => {
    const session = connect()
    session.query(`USE ${database}`)
    session.query(settings)
    return session
  }
  // What fills tables is our own, what is asked may be somebody's.
  const [filler, reader] = [open(), open()]
  filler.query(`DROP DATABASE IF EXISTS ${KEPT}`)
  filler.query(`CREATE DATABASE ${KEPT} ENGINE = Atomic`)
  reader.query('SET readonly = 2')
  const kept = new Map<string, number>()

  const keeper: Keeper = {
    async keep(sql, params = {}) {
      for (const [table, since] of kept) if (since < Date.now() - ABANDONED) await keeper.drop(table)
      const table = `${KEPT}.kept_${randomBytes(8).toString('hex')}`
      kept.set(table, Date.now())
      const fill = `CREATE TABLE ${table} ENGINE = Memory AS ${bind(sql, params)}`
      try {
        await filler.queryAsync(fill)
      } catch (error) {
        await keeper.drop(table)
        throw error
      }
      return table
    },
    async drop(table) {
      if (!kept.delete(table)) return
      // Without waiting for it, what it holds would stay for minutes.
      await filler.queryAsync(`DROP TABLE IF EXISTS ${table} SYNC`)
    },
  }
  return {
    keeper,
    async query<Row>(sql: string, params: QueryParams = {}): Promise<Row[]> {
      const result = await reader.queryAsync(bind(sql, params), { format: 'JSONEachRow' })
      return parseRows<Row>(result.text())
    },
    close() {
      reader.close()
      filler.close()
    },
  }
}
