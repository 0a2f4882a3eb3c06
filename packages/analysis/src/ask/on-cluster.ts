import type { Shards } from '../engine'

// How questions are asked of a cluster whose tables are sharded by run id. All that is known of a run is on one
// shard, so a question about runs is computed there, and what travels is what its aggregates have come to (their
// states). What is about subjects or pages, whose runs lie on several shards, is put together where the question was
// asked, of what each shard knows of its runs.

/**
 * The shards of a `Distributed` cluster.
 *
 * @param cluster its name
 * @param all the database with the `Distributed` tables
 * @param own the database with the tables of each shard
 */
export const shardsOf = (cluster: string, all: string, own: string): Shards => ({
  cluster,
  own,
  all,
  beside: own,
  each: (query) => `cluster('${cluster}', view(${query(own)}))`,
})

/**
 * Questions of which a part is about subjects, pages, the median of everything, or what each is there once: the last
 * step is not a shard's.
 */
const TOGETHER = new Set([
  'aliases',
  'called',
  'causes',
  'copies',
  'delivery',
  'endpoint-counts',
  'endpoint-medians',
  'exposed',
  'forged',
  'guardrail-errors',
  'guardrail-quantile',
  'hypothesis',
  'links',
  'losses',
  'marks',
  'owned',
  'run-errors',
  'run-facts',
  'strata',
  'subject-units',
  'subjects',
  'told',
])

/** A query of sql/ask, and which one `report_units` means in it. */
export interface Query {
  readonly name: string
  readonly text: string
  readonly units?: string | undefined
}

const isTogether = ({ name }: Query) => TOGETHER.has(name.replaceAll('_', '-'))

/** Where a word of the outermost query stands, from a position on; -1 if there is none. */
function findOutermost(sql: string, word: RegExp, from = 0): number {
  let depth = 0
  for (const { 0: token, index } of sql.matchAll(/'(?:[^'\\]|\\.)*'|[()[\]]|\b[A-Za-z_]\w*/g)) {
    if ('(['.includes(token)) depth++
    else if (')]'.includes(token)) depth--
    else if (depth === 0 && index >= from && word.test(token)) return index
  }
  return -1
}

/** The end of what is in parentheses, or of a name and its FINAL, at a position. */
function endOfSource(sql: string, from: number): number {
  if (sql[from] !== '(') return from + /^\w+(\s+(AS\s+\w+\s+)?FINAL\b)?/.exec(sql.slice(from))![0].length
  let depth = 0
  for (const { 0: token, index } of sql.matchAll(/'(?:[^'\\]|\\.)*'|[()]/g)) {
    if (index < from) continue
    if (token === '(') depth++
    else if (token === ')' && --depth === 0) return index + 1
  }
  throw new Error('a parenthesis is not closed')
}

/** Splits a query into its WITH, what else stands before its outermost source, the source, and the rest. */
export function splitSource(sql: string) {
  const select = findOutermost(sql, /^SELECT$/)
  const from = findOutermost(sql, /^FROM$/)
  const start = from + 4 + /^\s*/.exec(sql.slice(from + 4))![0].length
  const end = endOfSource(sql, start)
  return {
    definitions: sql.slice(0, select),
    before: sql.slice(0, start),
    source: sql.slice(start, end),
    after: sql.slice(end),
  }
}

const TABLES = /(?<![\w.])(?:throughline_\w+|otel_traces)/g
const REPORTS = /\breport_(\w+)/g

/**
 * Writes a question for a cluster.
 *
 * @param find the query that `report_<name>` stands for
 */
export function onCluster(
  question: Query,
  { all, beside, each }: Shards,
  find: (name: string) => Query,
): string {
  const named = (name: string, { units }: Query) => find(name === 'units' ? units! : name)

  /** Of the tables in one database. */
  const own = (query: Query, database: string): string =>
    query.text
      .replace(TABLES, (table) => `${database}.${table}`)
      .replace(REPORTS, (_, name: string) => {
        const found = named(name, query)
        return `(${isTogether(found) ? together(found) : own(found, database)})`
      })

  /** Of the tables of all shards; what is about runs is computed on theirs. */
  const together = (query: Query): string =>
    query.text
      .replace(TABLES, (table) => `${all}.${table}`)
      .replace(REPORTS, (_, name: string) => {
        const found = named(name, query)
        return isTogether(found) ? `(${together(found)})` : each((database) => own(found, database))
      })

  if (isTogether(question)) return together(question)
  const { definitions, before, source, after } = splitSource(question.text)
  // A shard that computed subjects would compute all of them, and every shard the same ones.
  for (const [, name] of source.matchAll(REPORTS))
    if (isTogether(named(name!, question))) return together(question)
  const [, report] = /^report_(\w+)$/.exec(source) ?? []
  const part = (text: string, database: string) => own({ ...question, text }, database)
  const rows = each((database) =>
    report && !definitions.trim()
      ? own(named(report, question), database)
      : `${part(definitions, database)} SELECT * FROM ${part(source, database)}`,
  )
  return `${part(before, beside)}${rows}${part(after, beside)}`
}
