import type { Baggage, Context } from '@opentelemetry/api'
import { createContextKey, diag, propagation } from '@opentelemetry/api'
import type { Claim } from './claim'

const PREFIX = 'throughline.'
const MEMBERS = 40
const BYTES = 2048

/** What a request brought of ours, not checked yet; one object for each request. */
export interface Received {
  /** Undefined when it is too much to be read. */
  readonly members: ReadonlyMap<string, string> | undefined
  /** What was made of it by the first that has read it, and by whom. */
  claim?: Claim
  reader?: object
}

const RECEIVED = createContextKey('throughline.received')
const isOurs = (key: string) => key.startsWith(PREFIX)

function collect(entries: Iterable<readonly [string, string]>): Received | undefined {
  const members = new Map<string, string>()
  let bytes = 0
  for (const [key, value] of entries) {
    members.set(key, value)
    bytes += key.length + value.length
    if (members.size > MEMBERS || bytes > BYTES) return { members: undefined }
  }
  return members.size > 0 ? { members } : undefined
}

/** A member of ours, decoded; undefined when it is another's, or nothing that anybody could have encoded. */
function readMember(member: string): readonly [string, string] | undefined {
  const equals = member.indexOf('=')
  const key = member.slice(0, Math.max(equals, 0)).trim()
  if (!isOurs(key)) return undefined
  const properties = member.indexOf(';', equals)
  const value = member.slice(equals + 1, properties < 0 ? undefined : properties).trim()
  try {
    return value ? [key, value.includes('%') ? decodeURIComponent(value) : value] : undefined
  } catch {
    return undefined
  }
}

/** Reads our members of a `baggage` header. */
export function readHeader(header: unknown): Received | undefined {
  const text = Array.isArray(header) ? header.join() : header
  if (typeof text !== 'string' || !text.includes(PREFIX)) return undefined
  return collect(
    text
      .split(',')
      .map(readMember)
      .filter((member) => member !== undefined),
  )
}

/** A `baggage` header without our members. */
export const foreignOf = (header: string): string =>
  header.includes(PREFIX)
    ? header
        .split(',')
        .filter((member) => !isOurs(member.trim()))
        .join()
    : header

/** What came where only the keys of other encodings were ours. */
const NOTHING: Received = { members: new Map() }

/**
 * A context with what was received, of which OpenTelemetry's baggage holds nothing: the host's propagator writes that
 * into the headers of every call.
 */
export function separate(context: Context, received: Received | undefined): Context {
  const all = propagation.getBaggage(context)?.getAllEntries()
  const foreign = all?.filter(([key]) => !isOurs(key))
  const isMixed = foreign?.length !== all?.length
  if (!received && !isMixed) return context
  const marked = context.setValue(RECEIVED, received ?? NOTHING)
  if (!foreign || !isMixed) return marked
  return foreign.length > 0
    ? propagation.setBaggage(marked, propagation.createBaggage(Object.fromEntries(foreign)))
    : propagation.deleteBaggage(marked)
}

const byBaggage = new WeakMap<Baggage, { readonly received: Received | undefined }>()

/**
 * Takes our members out of a baggage in place, since the contexts that hold it exist already. Those derived from it
 * are without them too, and still belong to the request.
 */
function takeOut(baggage: Baggage, rest: Baggage, received: Received): Baggage {
  const derive = (next: Baggage) => takeOut({} as Baggage, next, received)
  byBaggage.set(baggage, { received })
  return Object.assign(baggage, {
    getEntry: (key) => rest.getEntry(key),
    getAllEntries: () => rest.getAllEntries(),
    setEntry: (key, entry) => derive(rest.setEntry(key, entry)),
    removeEntry: (key) => derive(rest.removeEntry(key)),
    removeEntries: (...keys) => derive(rest.removeEntries(...keys)),
    clear: () => derive(rest.clear()),
  } satisfies Baggage)
}

let said = false
/** Says once what is missing when a host has no `journeyPropagator`. */
export function sayNotInstalled(): void {
  if (said) return
  said = true
  diag.warn(
    'throughline: journeyPropagator is not installed, so the calls of this service carry no journey, not even to your own services;' +
      ' pass it to the SDK as `textMapPropagator` (said once)',
  )
}

function fromBaggage(baggage: Baggage): Received | undefined {
  const known = byBaggage.get(baggage)
  if (known) return known.received
  byBaggage.set(baggage, { received: undefined })
  const all = baggage.getAllEntries()
  const ours = all.filter(([key]) => isOurs(key))
  const received = collect(ours.map(([key, { value }]) => [key, `${value}`] as const))
  if (!received) return undefined
  byBaggage.set(baggage, { received })
  const foreign = all.filter(([key]) => !isOurs(key))
  takeOut(baggage, propagation.createBaggage(Object.fromEntries(foreign)), received)
  sayNotInstalled()
  return received
}

/** What the request that a context belongs to brought. */
export function getReceived(context: Context): Received | undefined {
  const received = context.getValue(RECEIVED) as Received | undefined
  if (received) return received
  const baggage = propagation.getBaggage(context)
  return baggage && fromBaggage(baggage)
}
