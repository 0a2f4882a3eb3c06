import type { LostConversions } from '../result'
import type { Met, Stored } from './examples'
import { causesOf } from './examples'
import type { EndpointRow } from './lost-conversions'
import type { Scope } from './tables'

interface CauseRow extends Met {
  readonly kind: LostConversions['kind']
  readonly service: string
  readonly endpoint: string
}

/** Endpoints whose cause is looked up: the most expensive ones. */
const MOST = 20
/** As many times longer than usual is slow (called.sql). */
const SLOW = 2

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
  if (!wanted.length) return []
  const usual = (one: LostConversions) =>
    calls.find(({ service, endpoint }) => service === one.service && endpoint === one.key)!.median
  const names = (which: LostConversions['kind']) => [
    ...new Set(wanted.filter(({ kind }) => kind === which).map(({ key }) => key)),
  ]
  const slow = names('slow-endpoint')
  const slowFrom = wanted.map((one) => SLOW * usual(one))
  const rows = await scope.ask<CauseRow>('endpoint-causes', {
    kinds: wanted.map(({ kind }) => kind),
    services: wanted.map(({ service }) => service),
    endpoints: wanted.map(({ key }) => key),
    slowFrom,
    failing: names('failing-endpoint'),
    slow,
    // Several services may have endpoints of one name.
    slowest: slow.map((name) => Math.min(...slowFrom.filter((_, at) => wanted[at]!.key === name))),
  })
  const services = [...new Set(rows.map(({ service }) => service))]
  const causes = await causesOf(scope, rows, (times, hashes) =>
    scope.ask<Stored>('call-spans', { services, times, spans: hashes }),
  )
  return endpoints.map((one) => {
    const row = rows.find(
      ({ kind, service, endpoint }) => kind === one.kind && service === one.service && endpoint === one.key,
    )
    const cause = row && causes.get(row)
    return cause ? { ...one, cause } : one
  })
}
