import type { Report, Scope } from './tables'

// A change of cut over the same data asks much of what was asked before: which runs there are, what arrived, what was
// lost on the way. Reports of the same time that share a gathering ask each such thing once.

/** What reports about the same data and time have in common. */
export interface Gathering {
  /** Its tables stay for as long as the gathering does. */
  readonly report: Report
  /**
   * Computes something once.
   *
   * @param about all that it depends on besides the data and the time, as JSON can hold it
   */
  once<Value>(about: unknown, compute: () => Promise<Value>): Promise<Value>
  /** As `once`, of what is kept in tables of the report: it is there until the report is closed. */
  keepOnce<Value>(about: unknown, compute: () => Promise<Value>): Promise<Value>
}

/** Of a report that shares nothing. */
export const alone = (report: Report): Gathering => ({
  report,
  once: (_, compute) => compute(),
  keepOnce: (_, compute) => compute(),
})

/** Answers that are remembered: some thirty are the same in every cut, a few more come with each. */
const MOST = 200

/** Remembers what it was asked. */
export function remember(report: Report): Gathering {
  const memory = (most: number) => {
    const known = new Map<string, Promise<unknown>>()
    return <Value>(about: unknown, compute: () => Promise<Value>): Promise<Value> => {
      const key = JSON.stringify(about)
      const found = known.get(key) as Promise<Value> | undefined
      if (found) return found
      const asked = compute()
      if (known.size < most) known.set(key, asked)
      // Who asked is told; the next one tries again.
      asked.catch(() => known.delete(key))
      return asked
    }
  }
  return { report, once: memory(MOST), keepOnce: memory(Number.POSITIVE_INFINITY) }
}

/** Asks each question of a scope once. */
export const askOnce = (scope: Scope, once: Gathering['once']): Scope => ({
  ...scope,
  ask: (name, params) => once([name, scope.params, params ?? {}], () => scope.ask(name, params)),
  extend: (params, tables) => askOnce(scope.extend(params, tables), once),
})
