import { ClickHouseLogLevel, createClient } from '@clickhouse/client'
import { Advice } from '../advice'
import { shardsOf } from '../ask/on-cluster'
import type { Engine } from '../engine'

/** How long a server may take to say that it is there, in ms. */
const PATIENCE = 30_000
/** How long a question or a deletion may take, in ms. */
const LONGEST = 4 * 3_600_000
/** Questions that are asked at once: where nothing is kept, each takes memory for the runs that it is about. */
const AT_ONCE = 4

/** Whether the tables of this database stand in front of those of a cluster's shards. */
const FRONT = `SELECT database, engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'throughline_visits'`

/**
 * Opens a ClickHouse server or cluster over HTTP.
 *
 * @param url such as `http://user:password@host:8123/database`
 * @throws Advice when the URL is none or nothing answers there
 */
export async function openClickHouse(url: string): Promise<Engine> {
  const { address, shown, ...access } = parse(url)
  const client = createClient({
    url: address,
    ...access,
    application: 'throughline',
    request_timeout: LONGEST,
    max_open_connections: AT_ONCE,
    // What goes wrong is thrown, and said once.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  })
  const answer = await client.ping({ select: true, abort_signal: AbortSignal.timeout(PATIENCE) })
  if (!answer.success) {
    await client.close()
    const { code, message } = answer.error as Error & { code?: string }
    throw new Advice(`ClickHouse at ${shown} does not answer: ${message.split('\n')[0] || code}`)
  }
  const said = (error: Error): never => {
    throw new Advice(`ClickHouse at ${shown} says: ${error.message.split('\n')[0]}`)
  }
  const [table] = await client
    .query({ query: FRONT, format: 'JSONEachRow' })
    .then((result) => result.json<{ database: string; engine_full: string }>())
    .catch(said)
  const [, cluster, own] = /^Distributed\('([^']+)', '([^']+)'/.exec(table?.engine_full ?? '') ?? []
  const shards = cluster && own ? shardsOf(cluster, table!.database, own) : undefined
  return {
    shards,
    async query<Row>(sql: string, params = {}) {
      const asked = client.query({
        query: sql,
        query_params: params,
        format: 'JSONEachRow',
        // What is put together of several shards is sent to them once, and not asked by each of all others.
        clickhouse_settings: shards ? { distributed_product_mode: 'global' } : {},
      })
      return asked.then((result) => result.json<Row>()).catch(said)
    },
    async command(sql) {
      await client.command({ query: sql }).catch(said)
    },
    async insert(table, rows) {
      await client.insert({ table, values: rows, format: 'JSONEachRow' }).catch(said)
    },
    close: () => client.close(),
  }
}

function parse(text: string) {
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new Advice(`"${text}" is no address; write http://user:password@host:8123/database`)
  }
  if (!/^https?:$/.test(url.protocol))
    throw new Advice(`"${text}" is no address of ClickHouse's HTTP interface, such as http://localhost:8123`)
  return {
    address: url.origin,
    shown: url.origin,
    username: decodeURIComponent(url.username) || 'default',
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)) || 'default',
  }
}
