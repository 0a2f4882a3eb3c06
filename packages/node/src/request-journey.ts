import type { Attributes, Context } from '@opentelemetry/api'
import { context, diag, propagation, trace } from '@opentelemetry/api'
import type { Visit } from '@throughline/core'
import { attributes } from '@throughline/core'
import type { Confirm } from './confirms'
import { createConfirming } from './confirms'
import type { Definitions } from './definitions'
import { checkDefinitions } from './definitions'
import type { RequestHeaders } from './headers'
import { headerGetter } from './headers'
import type { JourneyHandle } from './journey-handle'
import { createRequestJourney } from './journey-handle'
import { getReceived, readHeader, separate } from './received'
import { getHolder, registryOf, serverSpan, setHolder, setRequestHolder } from './registry'
import { runIn } from './run-in'
import { safely } from './safely'

/** What an adapter takes: the definitions, and who is asking. */
export interface RequestOptions<Request> extends Definitions {
  /**
   * The subject's opaque id (the one that variants are assigned by), or undefined when it is not known. Asked for
   * when an event is recorded, so it may use what a later middleware, such as a session's, adds to the request.
   */
  readonly subject?: (request: Request) => string | undefined
}

/**
 * The journey of the request that is being handled: here, and in everything that the request started and awaits.
 *
 * @returns undefined outside of a request, or where the middleware or OpenTelemetry's context manager is missing
 */
export function getJourney(): JourneyHandle | undefined {
  return safely(() => getHolder(context.active())?.handle())
}

/** Asks the application who is asking; whatever it answers, nothing breaks. */
function askSubject<Request>(options: RequestOptions<Request>, request: Request): string | undefined {
  const subject: unknown = safely(() => options.subject?.(request))
  if (subject === undefined || subject === null || subject === '') return undefined
  if (typeof subject === 'string') return subject
  // A rejected promise that nobody looks at would end the process.
  if (subject instanceof Promise) subject.catch(() => {})
  diag.warn(
    'throughline: ignored a subject that is no string; look it up before, and return it from `subject`',
  )
  return undefined
}

const nobody = () => undefined

/**
 * Who is asking. Without the option nothing holds on to the request: it is 10 kB that would outlive young garbage
 * collections, as long as its journey does.
 */
const subjectOf = <Request>(options: RequestOptions<Request>, request: Request) =>
  options.subject ? () => askSubject(options, request) : nobody

/** A span, as far as it can be stamped: it may come from any SDK. */
interface Stampable {
  readonly attributes?: Attributes
  setAttributes?(attributes: Attributes): unknown
}

/** The SERVER span started before; where the span processor is not installed, nobody has stamped it. */
function stampServerSpan(context: Context, visit: Visit | undefined): void {
  if (!visit) return
  const span = (serverSpan(context) ?? trace.getSpan(context)) as Stampable | undefined
  if (span?.attributes?.[attributes.RUN_ID] !== visit.run) span?.setAttributes?.(visit.attributes)
}

/** A context with what the request brought, whichever libraries have read its headers before. */
function baseOf(active: Context, headers: RequestHeaders): Context {
  // Without instrumentation of the server nobody has read the headers yet.
  const base = trace.getSpan(active) ? active : propagation.extract(active, headers, headerGetter)
  return getReceived(base) ? base : separate(base, readHeader(headerGetter.get(headers, 'baggage')))
}

/** Node calls a request's listeners in the context of its connection. */
function bindListeners(inside: Context, request: unknown): void {
  const emitter = request as { emit?: (...event: unknown[]) => unknown } | undefined
  const emit = emitter?.emit
  if (!emitter || typeof emit !== 'function') return
  emitter.emit = (...event) => runIn(inside, () => emit.apply(emitter, event))
}

/** What an adapter tells of a request. */
export interface Incoming {
  readonly headers: RequestHeaders
  readonly method?: string | undefined
  /** The path and the query that were asked for, or the whole address. */
  readonly url?: string | undefined
  /** Calls back with the answer; asked for where the answer may confirm a conversion. */
  readonly answered?: ((confirm: Confirm) => void) | undefined
}

/**
 * What every adapter is made of. The result runs `next`, exactly once, with the journey of the request in force.
 *
 * @param by how set-up errors call the adapter
 * @throws TypeError at set-up, when the definitions are not usable
 */
export function requestJourney<Request>(
  by: string,
  options: RequestOptions<Request>,
): <T>(request: Request, incoming: Incoming, next: () => T) => T {
  const definitions = checkDefinitions(by, options)
  const registry = registryOf(definitions)
  const confirming = createConfirming(definitions.journeys)
  /** The context to go on in, if it has to be another. */
  function begin(request: Request, { headers, method, url, answered }: Incoming): Context | undefined {
    const active = context.active()
    if (getHolder(active)) return undefined
    const base = baseOf(active, headers)
    const claim = registry.claim(base)
    const journey = createRequestJourney(definitions, claim, subjectOf(options, request))
    stampServerSpan(base, claim.visit)
    const confirm = answered && safely(() => confirming?.(method, url, journey))
    if (confirm) safely(() => answered?.(confirm))
    // All contexts of an instrumented request lead to its journey. Others take it along from here.
    if (setRequestHolder(base, journey)) return undefined
    const inside = setHolder(base, journey)
    bindListeners(inside, request)
    return inside
  }
  return (request, incoming, next) =>
    runIn(
      safely(() => begin(request, incoming)),
      next,
    )
}
