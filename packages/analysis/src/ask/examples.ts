import type { Cause } from '../result'
import type { Scope } from './tables'

/** When a problem was met. */
export interface Met {
  /** ms. */
  readonly firstSeen: number
  readonly lastSeen: number
  /** Newest first; `hash` stands for the span, or for the visit. */
  readonly newest: readonly (readonly [microseconds: number, run: string, hash: string])[]
}

/** What is stored of a span or a visit. */
export interface Stored {
  readonly hash: string
  readonly trace: string
  readonly release: string
}

/** Runs that are named of each. */
const EXAMPLES = 5

const iso = (ms: number) => new Date(ms).toISOString()
const sorted = (values: readonly string[]) => [...new Set(values.filter(Boolean))].sort().slice(0, 10)

/** The newest of each run. */
const oncePerRun = (newest: Met['newest']) =>
  newest.filter(([, run], at) => newest.findIndex(([, other]) => other === run) === at)

/**
 * Where problems come from: first and last time, releases and browsers of the pages that met them last, and runs with
 * their traces.
 *
 * @param find looks up what is stored of some, by their times (microseconds) and hashes
 */
export async function causesOf<Row extends Met>(
  scope: Scope,
  rows: readonly Row[],
  find: (times: readonly number[], hashes: readonly string[]) => Promise<readonly Stored[]>,
): Promise<Map<Row, Cause>> {
  const met = rows.map((row) => ({ row, newest: oncePerRun(row.newest) }))
  const examples = met.flatMap(({ newest }) => newest.slice(0, EXAMPLES))
  if (!examples.length) return new Map()
  const [facts, spans] = await Promise.all([
    scope.ask<{ run: string; release: string; browser: string }>('run-facts', {
      runs: [...new Set(met.flatMap(({ newest }) => newest.map(([, run]) => run)))],
      from: scope.params.since as number,
    }),
    find(
      [...new Set(examples.map(([time]) => time))],
      examples.map(([, , hash]) => hash),
    ),
  ])
  const pages = new Map(facts.map((fact) => [fact.run, fact]))
  const stored = new Map(spans.map((span) => [span.hash, span]))
  return new Map(
    met.map(({ row, newest }) => {
      const seen = newest.flatMap(([, run]) => pages.get(run) ?? [])
      const cause: Cause = {
        firstSeen: iso(row.firstSeen),
        lastSeen: iso(row.lastSeen),
        releases: sorted(seen.map(({ release }) => release)),
        browsers: sorted(seen.map(({ browser }) => browser)),
        stack: '',
        examples: newest.slice(0, EXAMPLES).map(([time, run, hash]) => {
          const { trace = '', release } = stored.get(hash) ?? {}
          return { run, trace, at: iso(time / 1000), ...(release && { release }) }
        }),
      }
      return [row, cause]
    }),
  )
}
