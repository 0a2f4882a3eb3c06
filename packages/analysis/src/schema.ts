import { readdirSync, readFileSync } from 'node:fs'
import type { Engine } from './engine'

const folder = new URL('../sql/', import.meta.url)

/** The statements of the numbered `.sql` files, in order: the tables that are filled, then what is derived from them. */
export function schemaStatements(): string[] {
  const files = readdirSync(folder).filter((name) => /^\d\d-.*\.sql$/.test(name))
  return files
    .sort()
    .flatMap((name) => readFileSync(new URL(name, folder), 'utf8').split(/;\s*$/m))
    .filter((statement) => statement.trim() !== '')
}

/**
 * Creates the tables and views that are missing: `otel_traces` and `otel_logs` as the collector's exporter writes them, and
 * the narrow tables that are filled from them. Running it again changes nothing.
 *
 * @throws whatever the engine throws
 */
export async function applySchema(engine: Engine): Promise<void> {
  for (const statement of schemaStatements()) await engine.command(statement)
}
