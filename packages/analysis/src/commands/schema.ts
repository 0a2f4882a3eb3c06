import { openEngine } from '../open-engine'
import { applySchema, schemaStatements } from '../schema'

/** `throughline schema`: creates what is missing in a ClickHouse, or prints the SQL for whoever may. */
export async function schema({ clickhouse }: { readonly clickhouse?: string }): Promise<void> {
  if (clickhouse === undefined) {
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
  } finally {
    await engine.close()
  }
}
