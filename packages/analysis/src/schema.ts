import { readdirSync, readFileSync } from 'node:fs'
import { Advice } from './advice'
import type { Engine } from './engine'

/** What the .sql files make. Changes when a store of an older release needs more than what is missing. */
const VERSION = 6
/** Older ones answer wrongly without an error (24.8: `arrayMin` with a lambda). */
const LEAST_ENGINE = [25, 5] as const

const folder = new URL('../sql/', import.meta.url)

const statementsOf = (name: string): string[] =>
  readFileSync(new URL(name, folder), 'utf8')
    .split(/;\s*$/m)
    .filter((statement) => statement.trim() !== '')

/** The statements of the .sql files, in their order. */
export const tableStatements = (): string[] =>
  readdirSync(folder)
    .filter((name) => /^\d\d-.*\.sql$/.test(name))
    .sort()
    .flatMap(statementsOf)

/** Reads spans that arrived before the views existed. Every table takes the same row twice as once. */
function backfillStatement(spans: string): string {
  const [view] = statementsOf('19-events-view.sql')
  const select = view!.slice(view!.indexOf(' AS\nWITH') + 4).replace('FROM otel_traces', `FROM ${spans}`)
  return `INSERT INTO throughline_events\n${select}`
}

/** Says that the tables are of this release. */
export const recordStatement = `INSERT INTO throughline_schema (version) VALUES (${VERSION})`

/**
 * The statements that make everything in an empty database, or add what is missing: the tables that are filled, then
 * what is derived from them, then what spans that are there already say.
 */
export const schemaStatements = (): string[] => [
  ...tableStatements(),
  backfillStatement('otel_traces'),
  recordStatement,
]

/** @throws Advice when the engine is too old to answer rightly */
async function checkEngine(engine: Engine): Promise<void> {
  const [row] = await engine.query<{ version: string }>('SELECT version() AS version')
  const [major = 0, minor = 0] = row!.version.split('.').map(Number)
  if (major > LEAST_ENGINE[0] || (major === LEAST_ENGINE[0] && minor >= LEAST_ENGINE[1])) return
  throw new Advice(
    `ClickHouse ${row!.version} answers some of these questions wrongly; use ${LEAST_ENGINE.join('.')} or newer`,
  )
}

/** The tables and views of ours that are there, by name. */
async function existing(engine: Engine): Promise<Map<string, string>> {
  const rows = await engine.query<{ name: string; engine: string }>(
    `SELECT name, engine FROM system.tables WHERE database = currentDatabase() AND startsWith(name, 'throughline_')`,
  )
  return new Map(rows.map((row) => [row.name, row.engine]))
}

/** The version of the schema; 1 had no number; 0 if there is none. */
async function schemaVersion(engine: Engine, tables: ReadonlyMap<string, string>): Promise<number> {
  if (tables.has('throughline_schema')) {
    const [row] = await engine.query<{ version: number }>(
      'SELECT max(version) AS version FROM throughline_schema',
    )
    if (row!.version) return row!.version
  }
  return tables.has('throughline_steps') ? 1 : 0
}

function checkNotNewer(version: number): void {
  if (version > VERSION)
    throw new Advice(`the tables are of schema version ${version}, this release knows ${VERSION}: update it`)
}

/**
 * Checks that a database can be asked.
 *
 * @param advice what to do about missing or older tables
 * @throws Advice when the engine is too old, or the tables are missing or of another version
 */
export async function checkSchema(engine: Engine, advice: string): Promise<void> {
  await checkEngine(engine)
  const version = await schemaVersion(engine, await existing(engine))
  checkNotNewer(version)
  if (version < VERSION)
    throw new Advice(
      version
        ? `the tables are of an older release: ${advice}`
        : `there are no tables of throughline: ${advice}`,
    )
}

/** Reads what is in otel_traces, a day at a time, so that no insert is large. */
async function backfill(engine: Engine): Promise<void> {
  const days = await engine.query<{ day: string }>(
    'SELECT DISTINCT toString(toDate(Timestamp)) AS day FROM otel_traces ORDER BY day',
  )
  for (const { day } of days)
    await engine.command(
      backfillStatement(`(SELECT * FROM otel_traces WHERE toDate(Timestamp) = toDate('${day}'))`),
    )
}

/**
 * Creates the tables and views that are missing, and brings those of an older release up to date: `otel_traces` and
 * `otel_logs` as the collector's exporter writes them, and what is filled from them. Spans may arrive meanwhile. It
 * can be interrupted and run again; running it when all is done changes nothing.
 *
 * @throws Advice when the engine is too old or the tables are of a newer release; whatever the engine throws
 */
export async function applySchema(engine: Engine): Promise<void> {
  await checkEngine(engine)
  const tables = await existing(engine)
  const version = await schemaVersion(engine, tables)
  checkNotNewer(version)
  if (version < VERSION)
    // Views hold nothing. Those of an older release fill the wrong columns, and some names are tables now.
    for (const [name, kind] of tables)
      if (kind.endsWith('View')) await engine.command(`DROP VIEW IF EXISTS ${name}`)
  for (const statement of tableStatements()) await engine.command(statement)
  if (version < VERSION) {
    await backfill(engine)
    if (tables.has('throughline_steps'))
      for (const statement of statementsOf('migrations/2-from-steps.sql')) await engine.command(statement)
    if (version > 0)
      for (const statement of statementsOf('migrations/3-merge.sql')) await engine.command(statement)
    await engine.command(recordStatement)
  }
  for (const old of ['throughline_steps', 'throughline_journeys'])
    if (tables.has(old)) await engine.command(`DROP TABLE IF EXISTS ${old}`)
}
