import type { Context, TextMapGetter, TextMapPropagator, TextMapSetter } from '@opentelemetry/api'
import type { Visit } from '@throughline/core'
import { baggageOf } from '@throughline/core'
import { withhold } from './counts'
import { hostName, isPrivateHost } from './private-hosts'
import { foreignOf, getReceived, readHeader, separate } from './received'
import { getHolder } from './registry'
import { safely } from './safely'
import { targetsOf } from './target'

/** Where else a journey may go. */
export interface PropagatorOptions {
  /**
   * Hosts beside the private ones: `'api.shop.example'`, an origin such as `'https://api.shop.example'`, or a pattern
   * that a host name must match.
   */
  readonly propagateTo?: readonly (string | RegExp)[]
}

/** Carries the other runs while none is ambient. */
const NOWHERE: Visit = {
  ...{ id: '', journey: '', run: '', step: '', index: -1, attempt: 0, start: 0 },
  attributes: {},
}

const HOSTS_REMEMBERED = 1000

function trusts(propagateTo: PropagatorOptions['propagateTo'] = []): (host: string) => boolean {
  const listed = propagateTo.map((to) => {
    const wanted = to instanceof RegExp ? to : hostName(to.replace(/^\w+:\/\//, ''))
    if (!wanted)
      throw new TypeError(`journeyPropagator: "${to}" in propagateTo is no host, such as 'api.shop.example'`)
    return wanted
  })
  const known = new Map<string, boolean>()
  return (given) => {
    const before = known.get(given)
    if (before !== undefined) return before
    const host = hostName(given)
    const isTrusted =
      isPrivateHost(host) ||
      (host !== '' && listed.some((to) => (typeof to === 'string' ? to === host : host.search(to) >= 0)))
    if (known.size >= HOSTS_REMEMBERED) known.clear()
    known.set(given, isTrusted)
    return isTrusted
  }
}

/** The journeys in force in a context, as members of a `baggage` header; an empty string when there are none. */
function journeyMembers(context: Context): string {
  const holder = getHolder(context)
  const claim = holder ? { visit: holder.visit(), others: holder.others() } : getReceived(context)?.claim
  if (!claim) return ''
  return Object.entries(baggageOf(claim.visit ?? NOWHERE, claim.others))
    .map(([key, value]) => `${key}=${encodeURIComponent(value)}`)
    .join()
}

/**
 * Reads headers without our members: OpenTelemetry's baggage need not hold them, which saves more time than reading
 * them takes.
 */
const withoutOurs = <Carrier>(getter: TextMapGetter<Carrier>): TextMapGetter<Carrier> => ({
  keys: (carrier) => getter.keys(carrier),
  get(carrier, key) {
    const value = getter.get(carrier, key)
    if (key !== 'baggage' || value === undefined) return value
    return foreignOf(`${value}`) || undefined
  },
})

/**
 * Puts the journey into the headers of calls to your own services, and nowhere else: to private hosts (loopback, RFC
 * 1918 and unique local addresses, names of one label, `.local`, `.internal`, `.svc`) and to those in `propagateTo`.
 * Goes around the propagator that the application has, which does all the rest as before.
 *
 * Where a call goes is read from its CLIENT or PRODUCER span, so it takes an instrumentation of the client (http,
 * undici). Calls without such a span carry no journey. `counts().withheld` counts calls that were sent without.
 *
 * @param propagator what writes and reads trace context, and baggage if you use it
 * @example
 * ```ts
 * import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
 * import { NodeSDK } from '@opentelemetry/sdk-node'
 * import { journeyPropagator } from '@throughline/node'
 *
 * const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()]
 * new NodeSDK({ textMapPropagator: journeyPropagator(new CompositePropagator({ propagators })) }).start()
 * ```
 * @throws TypeError when it is given no propagator, or `propagateTo` lists what is no host
 */
export function journeyPropagator(
  propagator: TextMapPropagator,
  options: PropagatorOptions = {},
): TextMapPropagator {
  if (typeof propagator?.inject !== 'function' || typeof propagator.extract !== 'function')
    throw new TypeError(
      'journeyPropagator needs the propagator that it goes around, such as W3CTraceContextPropagator',
    )
  const isTrusted = trusts(options.propagateTo)

  /** What to add to the call's baggage; undefined when its target may know nothing. */
  function membersFor(context: Context, carrier: unknown): string | undefined {
    const targets = targetsOf(context, carrier)
    const mayKnow = targets.length > 0 && targets.every(isTrusted)
    const members = journeyMembers(context)
    if (!mayKnow && members) withhold(targets.find((host) => !isTrusted(host)))
    return mayKnow ? members : undefined
  }

  return {
    inject<Carrier>(context: Context, carrier: Carrier, setter: TextMapSetter<Carrier>) {
      const members = safely(() => membersFor(context, carrier))
      // A proxy passes on the headers that it got.
      const copied = safely(() => (carrier as { baggage?: unknown } | undefined)?.baggage)
      let baggage = typeof copied === 'string' ? foreignOf(copied) : ''
      propagator.inject(context, carrier, {
        set(to, key, value) {
          if (key === 'baggage') baggage = value
          // The randomness is part of the run id.
          else setter.set(to, key, members === undefined ? value.replace(/;rv:\w+/, '') : value)
        },
      })
      const whole = [baggage, members].filter(Boolean).join()
      if (whole || copied) setter.set(carrier, 'baggage', whole)
    },
    extract(context, carrier, getter) {
      const received = safely(() => readHeader(getter.get(carrier, 'baggage')))
      const extracted = propagator.extract(context, carrier, received ? withoutOurs(getter) : getter)
      return safely(() => separate(extracted, received)) ?? extracted
    },
    fields: () => [...new Set([...propagator.fields(), 'baggage'])],
  }
}
