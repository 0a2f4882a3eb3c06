import { diag } from '@opentelemetry/api'
import type { Journey } from './journey'

/** What reports conversions: a tracker in a browser, `getJourney()` on a server. */
export interface ConversionSink {
  convert(
    journey: Journey,
    conversion?: { readonly value?: number; readonly currency?: string; readonly key?: string },
  ): void
}

/** The details of `client.track`: a number as `value`; `currency` and, on servers, `key` as text, if they are there. */
function conversionOf(details: Record<string, unknown> | undefined) {
  const { value, currency, key } = details ?? {}
  return {
    ...(typeof value === 'number' && { value }),
    ...(typeof currency === 'string' && { currency }),
    ...((typeof key === 'string' || typeof key === 'number') && { key: `${key}` }),
  }
}

/**
 * An OpenFeature provider whose `client.track` also converts journeys. OpenFeature hands tracking events to the
 * provider alone, not to hooks, so this goes around yours: what it has itself, a `track` of its own included, is as
 * before. For the web and the server SDK.
 *
 * @param provider yours; it is not changed
 * @param sink the tracker, or `getJourney` of `@throughline/node`
 * @param conversions which journey a tracking event converts, by the event's name
 * @example
 * ```ts
 * import { InMemoryProvider, OpenFeature } from '@openfeature/web-sdk'
 * import { createTracker, journeyTrackingProvider } from '@throughline/core'
 * import { checkout } from './journeys'
 *
 * const tracker = createTracker({ journeys: [checkout] })
 * const provider = new InMemoryProvider({})
 * await OpenFeature.setProviderAndWait(journeyTrackingProvider(provider, tracker, { 'order placed': checkout }))
 * OpenFeature.getClient().track('order placed', { value: 40, currency: 'EUR' })
 * ```
 */
export function journeyTrackingProvider<Provider extends object>(
  provider: Provider,
  sink: ConversionSink | (() => ConversionSink | undefined),
  conversions: Readonly<Record<string, Journey>>,
): Provider {
  const convert = (name: string, details: Record<string, unknown> | undefined) => {
    try {
      const journey = Object.hasOwn(conversions, name) ? conversions[name] : undefined
      if (journey) (typeof sink === 'function' ? sink() : sink)?.convert(journey, conversionOf(details))
    } catch (error) {
      diag.error('throughline: converted nothing by a tracking event:', error)
    }
  }
  /** The SDK calls it with the event's name, the evaluation context and the details. */
  const track = (...args: [name: string, context: unknown, details?: Record<string, unknown>]) => {
    convert(args[0], args[2])
    const own = (provider as { track?: (...args: unknown[]) => unknown }).track
    return own?.apply(provider, args)
  }
  // Around an empty object, since a proxy may not answer otherwise than a frozen target.
  return new Proxy(Object.create(provider) as Provider, {
    set: (_, key, value) => Reflect.set(provider, key, value),
    get(_, key) {
      if (key === 'track') return track
      const value: unknown = Reflect.get(provider, key)
      // Bound, since private members are not reached through a proxy.
      return typeof value === 'function' && key !== 'constructor' ? value.bind(provider) : value
    },
  })
}
