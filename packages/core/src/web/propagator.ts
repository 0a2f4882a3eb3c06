import type { Context, TextMapPropagator } from '@opentelemetry/api'
import { isSpanContextValid, trace } from '@opentelemetry/api'
import { baggageOf } from '../baggage'
import { getVisit } from '../context'
import type { Tracker } from '../tracker-types'
import { isOpaque, ownOrigin } from './address'
import { originOf } from './origins'

/** Where a span's request goes: by the name of the stable conventions, or of the old ones. */
export function urlOf(attributes: Record<string, unknown> | undefined): string {
  const url = attributes?.['url.full'] ?? attributes?.['http.url']
  return typeof url === 'string' ? url : ''
}

/**
 * Propagates W3C trace context as usual, and the journey as W3C baggage, but that to this origin and to listed ones
 * alone, whatever else is configured: a request whose target is not known carries none. A baggage header that is
 * already there is added to.
 *
 * @param isAllowed false until consent is given: then no id of ours is in any header
 * @param isListed whether another origin may see the journey
 * @param asked told of the URL of each request that is to have headers
 */
export function journeyPropagator(
  tracker: Tracker,
  isAllowed: () => boolean,
  isListed: (origin: string) => boolean,
  asked: (url: string) => void,
): TextMapPropagator {
  return {
    inject(context: Context, carrier, setter) {
      const span = trace.getSpan(context)
      if (!span || !isSpanContextValid(span.spanContext())) return
      const url = urlOf((span as { attributes?: Record<string, unknown> }).attributes)
      asked(url)
      if (!isAllowed()) return
      const { traceId, spanId, traceFlags, traceState } = span.spanContext()
      const origin = originOf(url)
      const mayKnow = (origin !== '' && origin === ownOrigin()) || isListed(origin)
      // Instrumentations take a sandboxed frame for part of its server's origin; browsers do not.
      if (isOpaque() && !mayKnow) return
      setter.set(carrier, 'traceparent', `00-${traceId}-${spanId}-0${traceFlags & 1}`)
      const state = traceState?.serialize()
      // The randomness is part of the run id, which is no other origin's business.
      if (state) setter.set(carrier, 'tracestate', mayKnow ? state : state.replace(/;rv:\w+/, ''))
      const visit = getVisit(context) ?? tracker.current()
      if (!visit?.run || !mayKnow) return
      const headers = carrier as { get?(name: string): string | null; baggage?: string } | undefined
      const present = typeof headers?.get === 'function' ? headers.get('baggage') : headers?.baggage
      const members = Object.entries(baggageOf(visit, tracker.others(visit))).map(
        ([key, value]) => `${key}=${encodeURIComponent(value)}`,
      )
      setter.set(carrier, 'baggage', [...(present ? [present] : []), ...members].join(','))
    },
    extract: (context) => context,
    fields: () => ['traceparent', 'tracestate', 'baggage'],
  }
}
