import type { Context } from '@opentelemetry/api'
import { createContextKey } from '@opentelemetry/api'
import type { JourneySource, Visit } from '@throughline/core'
import type { Claim } from './claim'
import { readClaim } from './claim'
import type { Report } from './claimed-run'
import { count } from './counts'
import type { Definitions } from './definitions'
import type { RequestJourney } from './journey-handle'
import type { Received } from './received'
import { getReceived } from './received'
import { safely } from './safely'
import { shared } from './shared'

const HOLDER = createContextKey('throughline.request')
/** Where instrumentations of servers keep the SERVER span: one object for each request, in every context of it. */
const RPC_METADATA = createContextKey('OpenTelemetry SDK Context Key RPC_METADATA')

/**
 * Holders by request. The context that a middleware sets does not reach everything in its request: the http
 * instrumentation binds listeners of `req` and `res` to the context from before any middleware.
 */
const byRequest = shared('requests', () => new WeakMap<object, RequestJourney>())

const requestOf = (context: Context) =>
  context.getValue(RPC_METADATA) as { readonly span?: unknown } | undefined

/** The SERVER span of the request that a context belongs to. */
export const serverSpan = (context: Context): unknown => requestOf(context)?.span

export function getHolder(context: Context): RequestJourney | undefined {
  const request = requestOf(context)
  return (context.getValue(HOLDER) as RequestJourney | undefined) ?? (request && byRequest.get(request))
}

export const setHolder = (context: Context, holder: RequestJourney): Context =>
  context.setValue(HOLDER, holder)

/**
 * Makes a holder known in all contexts of the request that `context` belongs to.
 *
 * @returns false when nothing says which request that is
 */
export function setRequestHolder(context: Context, holder: RequestJourney): boolean {
  const request = requestOf(context)
  if (request) byRequest.set(request, holder)
  return request !== undefined
}

const NOTHING: Claim = { others: [] }

/** Answers what is in force in a context; reads what each request brought once. */
export interface Registry extends JourneySource {
  active(context: Context): Visit | undefined
  claim(context: Context): Claim
}

export function createRegistry(definitions: Required<Definitions>): Registry {
  /** What was read after another registry had read it. */
  const claims = new WeakMap<Received, Claim>()

  function claim(context: Context): Claim {
    const received = safely(() => getReceived(context))
    if (!received) return NOTHING
    const known = received.reader === definitions ? received.claim : claims.get(received)
    if (known) return known
    // Processor and middleware may have definitions of their own; what is refused counts once.
    const report: Report = received.claim ? () => {} : count
    const read = safely(() => readClaim(received.members, definitions, report)) ?? NOTHING
    if (received.claim) claims.set(received, read)
    else Object.assign(received, { claim: read, reader: definitions })
    return read
  }

  return {
    claim,
    active: (context) =>
      safely(() => {
        const holder = getHolder(context)
        return holder ? holder.visit() : claim(context).visit
      }),
  }
}

const registries: { readonly definitions: Required<Definitions>; readonly registry: Registry }[] = []
const REGISTRIES = 20
const isSame = (some: readonly unknown[], others: readonly unknown[]) =>
  some.length === others.length && some.every((one, index) => one === others[index])

/** The registry of these definitions: the parts of a set-up share it, so that each request is read once. */
export function registryOf(definitions: Required<Definitions>): Registry {
  const { journeys, hypotheses } = definitions
  const known = registries.find(
    ({ definitions: of }) => isSame(of.journeys, journeys) && isSame(of.hypotheses, hypotheses),
  )
  if (known) return known.registry
  const registry = createRegistry(definitions)
  registries.push({ definitions, registry })
  // Tests and reloads make new definitions again and again.
  if (registries.length > REGISTRIES) registries.shift()
  return registry
}
