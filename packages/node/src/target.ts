import type { Attributes, Context, TraceState } from '@opentelemetry/api'
import { SpanKind, trace } from '@opentelemetry/api'
import type { JourneySampler } from '@throughline/core'

/** A span of any SDK, as far as it says where its call goes. */
interface Calling {
  readonly kind?: SpanKind
  readonly attributes?: Attributes
}

/**
 * What spans that are not recorded were to be called with: those have no attributes, and their calls go on all the
 * same.
 */
const unrecorded = new WeakMap<TraceState, Calling>()

const NO_STATE: TraceState = {
  get: () => undefined,
  set: () => NO_STATE,
  unset: () => NO_STATE,
  serialize: () => '',
}

/**
 * A sampler that remembers where the calls go whose spans it drops. A span's context keeps the trace state that a
 * sampler returned.
 */
export const rememberingTargets = (sampler: JourneySampler): JourneySampler => ({
  shouldSample(context, traceId, name, kind, attributes, links) {
    const answer = sampler.shouldSample(context, traceId, name, kind, attributes, links)
    if (answer.decision !== 0 || !isCall(kind)) return answer
    const given = answer.traceState ?? trace.getSpanContext(context)?.traceState ?? NO_STATE
    const traceState: TraceState = Object.create(given)
    unrecorded.set(traceState, { kind, attributes })
    return { ...answer, traceState }
  },
  toString: () => sampler.toString(),
})

const isCall = (kind: SpanKind | undefined) => kind === SpanKind.CLIENT || kind === SpanKind.PRODUCER

const textOf = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined)

/**
 * The hosts that a call is for, as far as they are known: by the active CLIENT or PRODUCER span, under the names of
 * the stable conventions or of the old ones, and by the `host` header. A forward proxy is called by its own name, and
 * told the other in the header or in the path.
 */
export function targetsOf(context: Context, carrier: unknown): string[] {
  const span = trace.getSpan(context)
  const traceState = span?.spanContext().traceState
  const { kind, attributes } =
    (traceState && unrecorded.get(traceState)) ?? (span as Calling | undefined) ?? {}
  if (!attributes || !isCall(kind)) return []
  const url = textOf(attributes['url.full'] ?? attributes['http.url'])
  const address = textOf(attributes['server.address'] ?? attributes['net.peer.name'])
  const headers = carrier as { readonly host?: unknown; readonly Host?: unknown } | undefined
  const all = [url && authorityOf(url, address), address, textOf(headers?.host), textOf(headers?.Host)]
  return [...new Set(all.filter((host) => host !== undefined))]
}

/** Host and port of a URL; not believed, as ':', where a whole other URL stands in place of the path. */
function authorityOf(url: string, address: string | undefined): string {
  const [, authority = ''] = /^\w+:\/\/(?:[^/?#]*@)?([^/?#]*)/.exec(url) ?? []
  // Instrumentation of http writes IPv6 addresses without brackets.
  if (address && authority.startsWith(address) && /^(:\d+)?$/.test(authority.slice(address.length)))
    return address
  return authority.endsWith(':') ? ':' : authority
}
