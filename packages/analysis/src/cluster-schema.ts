import { recordStatement, tableStatements } from './schema'

/** A table of the .sql files, in parts. */
interface Table {
  readonly name: string
  readonly engine: string
  /** The statement up to its engine. */
  readonly head: string
  /** What follows the engine. */
  readonly tail: string
}

/** One copy a shard. */
const BY_SHARD = `'/clickhouse/tables/{shard}/{database}/{table}', '{replica}'`
/** The same on all: every server is a replica of one table. */
const EVERYWHERE = `'/clickhouse/tables/all/{database}/{table}', '{shard}-{replica}'`

/** Spans of a run lie on one shard, and so does all that is derived from them. */
const SHARDING: Readonly<Record<string, string>> = {
  otel_traces: `cityHash64(if(SpanAttributes['throughline.run.id'] != '', SpanAttributes['throughline.run.id'], TraceId))`,
  otel_logs: 'cityHash64(TraceId, Timestamp)',
}

function parseTable(statement: string): Table | undefined {
  const [, head, engine, tail] = /^([\s\S]*?)\nENGINE = (\w+)([\s\S]*)$/.exec(statement) ?? []
  const [, name] = /CREATE TABLE IF NOT EXISTS (\w+)/.exec(statement) ?? []
  return name && head && engine ? { name, head, engine, tail: tail ?? '' } : undefined
}

/** Names tables with their database, and says where the statement runs. */
const placed = (text: string, cluster: string, database: string) =>
  text
    .replace(/(CREATE TABLE IF NOT EXISTS) (\w+)/, `$1 ${database}.$2 ON CLUSTER '${cluster}'`)
    .replace(
      /(CREATE MATERIALIZED VIEW IF NOT EXISTS) (\w+) TO (\w+)/,
      `$1 ${database}.$2 ON CLUSTER '${cluster}' TO ${database}.$3`,
    )
    .replace(/ALTER TABLE (\w+)/, `ALTER TABLE ${database}.$1 ON CLUSTER '${cluster}'`)
    .replace(/\b(FROM|AS) (otel_traces|throughline_(?:rare_)?events)\b/g, `$1 ${database}.$2`)

/** Monthly at most: a partition is what a server drops, and an insert may touch only a hundred. */
const partitioned = ({ head, engine, tail }: Table) =>
  engine !== 'Null' && !tail.includes('PARTITION BY') && /\n {2}day Date/.test(head)
    ? '\nPARTITION BY toYYYYMM(day)'
    : ''

function ownTable(table: Table, cluster: string, database: string): string {
  const { name, head, engine, tail } = table
  const path = name === 'throughline_schema' ? EVERYWHERE : BY_SHARD
  const replicated = engine === 'Null' ? engine : `Replicated${engine}(${path})`
  return placed(`${head}\nENGINE = ${replicated}${partitioned(table)}${tail}`, cluster, database)
}

/** Shows the rows of all shards; what is written to the one for spans is sent to the shard of its run. */
function allTable({ name }: Table, cluster: string, all: string, own: string): string {
  const key = SHARDING[name] ? `, ${SHARDING[name]}` : ''
  return `CREATE TABLE IF NOT EXISTS ${all}.${name} ON CLUSTER '${cluster}' AS ${own}.${name}\nENGINE = Distributed('${cluster}', '${own}', '${name}'${key})`
}

/** Where the tables of a cluster go. */
export interface ClusterNames {
  /** The cluster's name in `remote_servers`. */
  readonly cluster: string
  /** The database that is asked, and that the collector writes to. */
  readonly all: string
  /** The database of the tables on each shard. */
  readonly own: string
}

/**
 * The statements that make everything on a cluster, from the very files that the embedded engine loads: replicated
 * tables on each shard, with the views that fill them, and `Distributed` tables in front of them.
 */
export function clusterStatements({ cluster, all, own }: ClusterNames): string[] {
  const statements = tableStatements().map((statement) => statement.trim())
  const tables = statements.flatMap((statement) => parseTable(statement) ?? [])
  return [
    ...[own, all].map((database) => `CREATE DATABASE IF NOT EXISTS ${database} ON CLUSTER '${cluster}'`),
    ...statements.map((statement) => {
      const table = parseTable(statement)
      return table ? ownTable(table, cluster, own) : placed(statement, cluster, own)
    }),
    recordStatement.replace('throughline_schema', `${own}.throughline_schema`),
    ...tables.filter(({ engine }) => engine !== 'Null').map((table) => allTable(table, cluster, all, own)),
  ]
}
