import { readdirSync, readFileSync } from 'node:fs'
import type { Engine } from './engine'

const folder = new URL('../sql/', import.meta.url)

/** What fills a narrow table: its name and its query. */
const FILLS = /^CREATE MATERIALIZED VIEW IF NOT EXISTS (\w+) TO \w+ AS\n/m

/** A materialized view of an older release takes the new query, without a moment in which it is missing. */
const renewed = (statement: string): string[] => {
  const [head, name] = FILLS.exec(statement) ?? []
  if (!head) return [statement]
  return [
    statement,
    `ALTER TABLE ${name} MODIFY QUERY\n${statement.slice(statement.indexOf(head) + head.length)}`,
  ]
}

/**
 * The statements of the numbered `.sql` files, in order: the tables that are filled, then what is derived from them. Those of an
 * older release get the columns that they lack and the new queries; nothing that they hold is lost.
 */
export function schemaStatements(): string[] {
  const files = readdirSync(folder).filter((name) => /^\d\d-.*\.sql$/.test(name))
  return files
    .sort()
    .flatMap((name) => readFileSync(new URL(name, folder), 'utf8').split(/;\s*$/m))
    .filter((statement) => statement.trim() !== '')
    .flatMap(renewed)
}

/**
 * Creates the tables and views that are missing, and brings those of an older release up to date: `otel_traces` and `otel_logs` as
 * the collector's exporter writes them, and the narrow tables that are filled from them. Running it again changes nothing.
 *
 * @throws whatever the engine throws
 */
export async function applySchema(engine: Engine): Promise<void> {
  for (const statement of schemaStatements()) await engine.command(statement)
}
