import type { Engine, QueryParams } from '../engine'
import { queryText } from '../sql'
import type { Query } from './on-cluster'
import { onCluster } from './on-cluster'

// What one report derives from visits: runs, subjects, first visits of each step. Queries name these as
// `report_<name>`. An embedded engine computes each once, into a table that it keeps; on a ClickHouse, whose user may
// only read, the same query stands in its place.

/**
 * Which query in `sql/ask/` gives `report_<name>`, if not `<name>.sql`. Runs and subjects are folded alike, from
 * units of their own.
 */
const SOURCES: Readonly<Record<string, { readonly query: string; readonly units: string }>> = {
  runs: { query: 'fold', units: 'run_units' },
  folded: { query: 'fold', units: 'run_units' },
  subjects: { query: 'fold', units: 'subject_units' },
}

/** Where tables are not kept, one way does for all: two would read the same twice. */
const ONE_WAY: Readonly<Record<string, string>> = {
  placed: 'ordered',
  clocks: 'offsets',
  unclear: 'narrowed',
  run_units: 'spread',
  vital_marks: 'first_marks',
  repeated: 'no_visit',
}

/** The tables of one journey (or hypothesis) within a report. */
export interface Scope {
  readonly params: QueryParams
  /** Whether `keep` does anything. */
  readonly keeps: boolean
  /** Runs `sql/ask/<name>.sql`. */
  ask<Row>(name: string, params?: QueryParams): Promise<Row[]>
  /** Computes `report_<name>` once, if the engine can keep it. */
  keep(name: string): Promise<void>
  /** Lets go of one that only served to compute others. */
  drop(name: string): Promise<void>
  /** What can stand for `report_<name>` in another scope. */
  textOf(name: string): string
  /** The same tables and others, with more parameters. */
  extend(params: QueryParams, tables?: Readonly<Record<string, string>>): Scope
}

/** All that one report keeps. */
export interface Report {
  scope(params: QueryParams, tables?: Readonly<Record<string, string>>): Scope
  /** Lets go of what was kept. */
  close(): Promise<void>
}

/** Begins a report on an engine. */
export async function openReport({ keeper, shards, query }: Engine): Promise<Report> {
  const kept = new Set<Promise<string>>()
  let isClosed = false

  function open(params: QueryParams, given: Readonly<Record<string, string>>): Scope {
    const tables = new Map(Object.entries(given))

    const sourceOf = (name: string) =>
      SOURCES[name] ?? { query: (!keeper && ONE_WAY[name]) || name, units: undefined }

    /** The query that `report_<name>` stands for on a cluster, where nothing is kept. */
    const find = (name: string): Query => {
      const [, other = name] = /^report_(\w+)$/.exec(tables.get(name) ?? '') ?? []
      const { query, units } = sourceOf(other)
      return { name: other, text: queryText(query.replaceAll('_', '-')), units }
    }

    const compose = (text: string, units?: string): string =>
      text.replace(/\breport_(\w+)/g, (_, name: string) => {
        const table = tables.get(name)
        if (table !== undefined) return table
        if (name === 'units') return compose(`report_${units}`)
        const { query, units: own } = sourceOf(name)
        return `(${compose(queryText(query.replaceAll('_', '-')), own)})`
      })

    const scope: Scope = {
      params,
      keeps: keeper !== undefined,
      ask(name, more) {
        const text = shards ? onCluster(find(name), shards, find) : compose(queryText(name))
        return query(text, { ...params, ...more })
      },
      async keep(name) {
        if (!keeper) return
        if (isClosed) throw new Error('the report is closed')
        const filled = keeper.keep(`SELECT * FROM ${scope.textOf(name)}`, params)
        kept.add(filled)
        tables.set(name, await filled)
      },
      async drop(name) {
        const table = tables.get(name)
        if (!keeper || !table) return
        tables.delete(name)
        await keeper.drop(table)
      },
      textOf: (name) => (shards ? `report_${find(name).name}` : compose(`report_${name}`)),
      extend: (more, others = {}) =>
        open({ ...params, ...more }, { ...Object.fromEntries(tables), ...others }),
    }
    return scope
  }

  return {
    scope: (params, tables = {}) => open({ split: keeper ? 1 : 0, narrowed: 0, ...params }, tables),
    async close() {
      isClosed = true
      // Of several questions that are asked at once, one may have failed before the others were through.
      const filled = await Promise.allSettled(kept)
      await Promise.all(filled.map((one) => one.status === 'fulfilled' && keeper?.drop(one.value)))
    },
  }
}
