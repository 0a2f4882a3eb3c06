import { Advice } from '../advice'
import { keepOnServer, parseKeep } from '../keep'
import { openEngine } from '../open-engine'
import { applySchema, schemaStatements } from '../schema'

export interface SchemaFlags {
  readonly clickhouse?: string
  readonly keep?: string
}

/** `throughline schema`: creates what is missing in a ClickHouse, or prints the SQL for those who may. */
export async function schema({ clickhouse, keep }: SchemaFlags): Promise<void> {
  const days = parseKeep(keep)
  if (clickhouse === undefined) {
    if (days !== undefined) throw new Advice('--keep needs --clickhouse: it deletes what is older')
    process.stdout.write(
      `${schemaStatements()
        .map((statement) => `${statement.trim()};`)
        .join('\n\n')}\n`,
    )
    return
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
