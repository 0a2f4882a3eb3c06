/** Values for `{name:Type}` placeholders in a query. Times are ms since the epoch (`{since:Int64}`). */
export type QueryParams = Record<
  string,
  | string
  | number
  | readonly string[]
  | readonly number[]
  | readonly (readonly string[])[]
  | readonly (readonly number[])[]
>

/** A span or log table that rows are appended to. */
export type Table = 'otel_traces' | 'otel_logs'

/** Where the tables of a cluster are. */
export interface Shards {
  /** The name of the cluster. */
  readonly cluster: string
  /** The database of each shard's own tables. */
  readonly own: string
  /** The database whose tables show the rows of all shards. */
  readonly all: string
  /** The database that a query reads that stands beside the one on each shard, such as the other side of a join. */
  readonly beside: string
  /**
   * What a query gives on each shard, as something to select from; it is told the database of the shard's own tables.
   */
  each(query: (database: string) => string): string
}

/** Keeps what queries gave in tables, for other queries to read. */
export interface Keeper {
  /** Fills a new table with what a SELECT gives, and resolves to what queries call it. */
  keep(sql: string, params?: QueryParams): Promise<string>
  /** Drops a table that was kept, if it is still there. */
  drop(table: string): Promise<void>
}

/** A ClickHouse that speaks one SQL dialect: embedded (chDB), a server or cluster, or a running `throughline dev`. */
export interface Engine {
  /** Undefined where one may only read. */
  readonly keeper?: Keeper | undefined
  /** The shards of a cluster; undefined where every table is in one place. */
  readonly shards?: Shards | undefined
  /** Runs a SELECT; one object per row, 64-bit integers as numbers. */
  query<Row>(sql: string, params?: QueryParams): Promise<Row[]>
  /** Runs statements without a result, such as the schema's. */
  command(sql: string): Promise<void>
  /** Appends rows (JSONEachRow); resolves once they are stored. */
  insert(table: Table, rows: readonly object[]): Promise<void>
  close(): Promise<void>
}

/** An engine of our own, which the receiver fills: it takes rows as they are sent on, without objects in between. */
export interface Store extends Engine {
  readonly keeper: Keeper
  /** Appends rows given as JSONEachRow text; resolves once they are stored. */
  append(table: Table, lines: Uint8Array): Promise<void>
}
