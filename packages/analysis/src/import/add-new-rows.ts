import { createHash } from 'node:crypto'
import type { Store, Table } from '../engine'
import { sqlText } from '../sql'
import { dayOf } from './own-days'

/** Rows of one insert. More would make the question which of them are known too long. */
const MOST_ROWS = 20_000
/** Bytes of one insert: `throughline dev` takes 20 MiB. */
const MOST_BYTES = 8 * 2 ** 20

/** What rows are added to: a folder, or the `throughline dev` that holds it. */
export type Target = Pick<Store, 'query' | 'append'>

interface Row {
  readonly line: string
  readonly id: string
  readonly trace: string
  /** ms since the epoch. */
  readonly time: number
}

/** What the queries in sql/import compare: ids of spans; for log records, which have none, a hash. */
function rowOf(table: Table, line: string): Row {
  const { TraceId: trace, SpanId, SpanKind, ServiceName, EventName, Body } = JSON.parse(line)
  const [, nanoseconds = '0'] = /^\{"Timestamp":(\d+)/.exec(line) ?? []
  const time = Number(BigInt(nanoseconds) / 1_000_000n)
  if (table === 'otel_traces') return { line, id: trace + SpanId + SpanKind, trace, time }
  const text = [nanoseconds, ServiceName, trace, SpanId, EventName, Body].join('\n')
  return { line, id: createHash('md5').update(text).digest('hex'), trace, time }
}

async function knownIds(target: Target, table: Table, rows: readonly Row[]): Promise<Set<string>> {
  let [first, last] = [Number.POSITIVE_INFINITY, 0]
  for (const { time } of rows) {
    first = Math.min(first, time)
    last = Math.max(last, time)
  }
  const known =
    table === 'otel_traces'
      ? { sql: sqlText('import/spans'), params: { traces: [...new Set(rows.map(({ trace }) => trace))] } }
      : { sql: sqlText('import/logs'), params: { hashes: rows.map(({ id }) => id) } }
  const found = await target.query<{ id: string }>(known.sql, { ...known.params, first, last })
  return new Set(found.map(({ id }) => id))
}

/** Adds rows to a table, a day at a time, but for those that it has. */
export function rowAdder(target: Target, table: Table) {
  const days = new Map<number, Row[]>()
  let rows = 0
  let bytes = 0
  const counts = { stored: 0, known: 0 }

  async function flush() {
    rows = 0
    bytes = 0
    for (const list of days.values()) {
      const seen = await knownIds(target, table, list)
      const fresh = list.filter(({ id }) => !seen.has(id) && seen.add(id))
      counts.known += list.length - fresh.length
      if (fresh.length > 0)
        await target.append(table, Buffer.from(`${fresh.map(({ line }) => line).join('\n')}\n`))
      counts.stored += fresh.length
    }
    days.clear()
  }

  return {
    /** `stored` are new, `known` were there. */
    counts,
    flush,
    /** @param lines JSONEachRow, as `toRows` writes it */
    async add(lines: Uint8Array): Promise<void> {
      for (const line of Buffer.from(lines.buffer, lines.byteOffset, lines.length).toString().split('\n')) {
        if (line === '') continue
        const row = rowOf(table, line)
        const list = days.get(dayOf(row.time)) ?? []
        days.set(dayOf(row.time), list)
        list.push(row)
        rows++
        bytes += line.length
        if (rows >= MOST_ROWS || bytes >= MOST_BYTES) await flush()
      }
    },
  }
}
