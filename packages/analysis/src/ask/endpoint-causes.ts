import type { Cause, LostConversions } from '../result'
import type { EndpointRow } from './lost-conversions'
import type { Scope } from './tables'

interface CauseRow {
  kind: LostConversions['kind']
  service: string
  endpoint: string
  firstSeen: number
  lastSeen: number
  /** Newest first. */
  newest: [microseconds: number, run: string, span: string][]
}

/** Endpoints whose cause is looked up: the most expensive ones. */
const MOST = 20
/** Calls that are named of each, of as many runs. */
const EXAMPLES = 5
/** As much longer than usual is slow (endpoints.sql). */
const SLOW = 2

const iso = (ms: number) => new Date(ms).toISOString()
const sorted = (values: readonly string[]) => [...new Set(values.filter(Boolean))].sort().slice(0, 10)

/** The newest call of each run. */
const oncePerRun = (newest: CauseRow['newest']) =>
  newest.filter(([, run], at) => newest.findIndex(([, other]) => other === run) === at)

/**
 * Adds to slow and failing endpoints where that comes from: first and last time, releases and browsers of the pages,
 * and calls with their traces.
 *
 * @param endpoints the most expensive first
 * @param calls by which they were found
 */
export async function withEndpointCauses(
  scope: Scope,
  endpoints: readonly LostConversions[],
  calls: readonly EndpointRow[],
): Promise<LostConversions[]> {
  const wanted = endpoints.slice(0, MOST)
  if (!wanted.length) return [...endpoints]
  const usual = (one: LostConversions) =>
    calls.find(({ service, endpoint }) => service === one.service && endpoint === one.key)!.median
  const rows = await scope.ask<CauseRow>('endpoint-causes', {
    kinds: wanted.map(({ kind }) => kind),
    services: wanted.map(({ service }) => service),
    endpoints: wanted.map(({ key }) => key),
    slowFrom: wanted.map((one) => SLOW * usual(one)),
  })
  const found = rows.map((row) => ({ ...row, newest: oncePerRun(row.newest) }))
  const examples = found.flatMap(({ newest }) => newest.slice(0, EXAMPLES))
  if (!examples.length) return [...endpoints]
  const [facts, spans] = await Promise.all([
    scope.ask<{ run: string; release: string; browser: string }>('run-facts', {
      runs: [...new Set(found.flatMap(({ newest }) => newest.map(([, run]) => run)))],
      from: scope.params.since as number,
    }),
    scope.ask<{ hash: string; trace: string; release: string }>('call-spans', {
      services: [...new Set(found.map(({ service }) => service))],
      times: [...new Set(examples.map(([time]) => time))],
      spans: examples.map(([, , span]) => span),
    }),
  ])
  const pages = new Map(facts.map((fact) => [fact.run, fact]))
  const traces = new Map(spans.map((span) => [span.hash, span]))

  function causeOf({ firstSeen, lastSeen, newest }: CauseRow): Cause {
    const met = newest.flatMap(([, run]) => pages.get(run) ?? [])
    return {
      firstSeen: iso(firstSeen),
      lastSeen: iso(lastSeen),
      releases: sorted(met.map(({ release }) => release)),
      browsers: sorted(met.map(({ browser }) => browser)),
      stack: '',
      examples: newest.slice(0, EXAMPLES).map(([time, run, span]) => {
        const { trace = '', release } = traces.get(span) ?? {}
        return { run, trace, at: iso(time / 1000), ...(release && { release }) }
      }),
    }
  }
  return endpoints.map((one) => {
    const row = found.find(
      ({ kind, service, endpoint }) => kind === one.kind && service === one.service && endpoint === one.key,
    )
    return row ? { ...one, cause: causeOf(row) } : one
  })
}
