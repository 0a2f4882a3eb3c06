import { Advice } from '../advice'
import { clusterStatements } from '../cluster-schema'
import { keepOnServer, parseKeep } from '../keep'
import { openEngine } from '../open-engine'
import { applySchema, schemaStatements } from '../schema'

export interface SchemaFlags {
  readonly clickhouse?: string
  readonly keep?: string
  readonly cluster?: string
}

function print(statements: readonly string[]): void {
  process.stdout.write(`${statements.map((statement) => `${statement.trim()};`).join('\n\n')}\n`)
}

/** `throughline schema`: creates what is missing in a ClickHouse, or prints the SQL for those who may. */
export async function schema({ clickhouse, keep, cluster }: SchemaFlags): Promise<void> {
  const days = parseKeep(keep)
  if (cluster !== undefined) {
    if (clickhouse !== undefined) throw new Advice('--cluster prints the SQL; load it with clickhouse-client')
    if (!/^\w+$/.test(cluster)) throw new Advice(`--cluster is "${cluster}"; give its name in remote_servers`)
    return print(clusterStatements({ cluster, all: 'throughline', own: 'throughline_shard' }))
  }
  if (clickhouse === undefined) {
    if (days !== undefined) throw new Advice('--keep needs --clickhouse: it deletes what is older')
    return print(schemaStatements())
  }
  const engine = await openEngine({ url: clickhouse })
  try {
    await applySchema(engine)
    console.log('throughline: tables and views are there')
    if (days === undefined) return
    await keepOnServer(engine, days, Date.now())
    console.log(`throughline: what is older than ${days} days is deleted; run this each day`)
  } finally {
    await engine.close()
  }
}
