import type { ContextManager, TextMapPropagator } from '@opentelemetry/api'
import { ROOT_CONTEXT } from '@opentelemetry/api'
import { setVisit } from '../context'
import type { Visit } from '../event'
import type { JourneySampler, JourneySamplerOptions } from '../sampler'
import { journeySampler } from '../sampler'
import { journeySpanProcessor } from '../span-processor'
import type { Tracker } from '../tracker-types'
import { ambientContextManager } from './context-manager'
import type { Delivery, DeliveryOptions } from './delivery'
import { createDelivery } from './delivery'
import type { PropagateTo } from './origins'
import { listedOrigins } from './origins'
import type { FinishedSpan } from './otlp'
import { journeyPropagator, urlOf } from './propagator'
import { CLIENT } from './requests'
import { safely } from './safely'

/** Any SpanProcessor, of either OpenTelemetry line. */
// biome-ignore lint/suspicious/noExplicitAny: the two lines' types differ, their calls do not
type AnySpanProcessor = any

export interface PartsOptions extends JourneySamplerOptions, Omit<DeliveryOptions, 'endpoint'> {
  readonly tracker: Tracker
  /**
   * Where OTLP/HTTP goes, without `/v1/traces`, or `viaExporter(…)`; left out, the host's provider delivers by
   * itself.
   */
  readonly endpoint?: DeliveryOptions['endpoint'] | undefined
  /**
   * Origins beside this one that may see the journey as baggage; each must allow the header by CORS. Instrumentations
   * of requests need the list too: `new FetchInstrumentation(tracing({ propagateTo }))`.
   */
  readonly propagateTo?: PropagateTo | undefined
}

/** What a provider is built with. */
export interface ThroughlineParts {
  readonly sampler: JourneySampler
  readonly spanProcessors: AnySpanProcessor[]
  readonly contextManager: ContextManager
  readonly propagator: TextMapPropagator
}

/** What is known of a tracker's parts. */
export interface Installed {
  /** How they deliver, if they do. */
  readonly delivery: Delivery | undefined
  /** Which of them have been called so far. */
  readonly seen: Set<string>
  /** Whether the sampler keeps a visit's spans. */
  keeps(visit: Visit): boolean
  /** False while consent is missing: then no id of ours is in any header. */
  isOpen: boolean
  /** Whether an origin is in `propagateTo`. */
  isListed(origin: string): boolean
  /** Told of the URL of each request that is to have headers. */
  onHeaders?: (url: string) => void
  /** Requests of the page whose spans have not ended, and the visits on which they began. */
  readonly requests: Map<FinishedSpan, Visit | undefined>
  /** Who is told of requests of the page that ended, and of the visit that they began on. */
  onEnd?: (span: FinishedSpan, visit: Visit | undefined) => void
}

/** Under way at a time: more are not looked at before they end. */
const MOST_REQUESTS = 100

const installed = new WeakMap<Tracker, Installed>()

export const installedParts = (tracker: Tracker): Installed | undefined => installed.get(tracker)

/**
 * The parts with which a host builds its own provider, on OpenTelemetry JS 2.x or 3.x: a provider takes its
 * processors and its sampler in its constructor only. With `endpoint` they also deliver (small batches, journey
 * events first, an outbox); without, the host adds a batch processor and an exporter of its own. No part touches the
 * DOM.
 */
export function throughlineParts(options: PartsOptions): ThroughlineParts {
  const { tracker, propagateTo, endpoint, ratio = 1 } = options
  const isShare = ratio >= 0 && ratio <= 1
  if (__DEV__ && !isShare)
    throw new TypeError(`throughline: a sample ratio is a share of runs, from 0 to 1, but not ${ratio}`)
  const isListed = listedOrigins(propagateTo)
  const delivery = endpoint ? createDelivery({ ...options, endpoint }) : undefined
  const contextManager = ambientContextManager(tracker)
  const stamper = journeySpanProcessor(tracker)
  const decide = journeySampler(tracker, { ...options, ratio: isShare ? ratio : 1 })
  const seen = new Set<string>()
  const begun = new WeakMap<object, Visit>()
  const requests: Installed['requests'] = new Map()
  const parts: Installed = {
    delivery,
    seen,
    requests,
    isOpen: true,
    isListed,
    keeps: (visit) => decide.shouldSample(setVisit(ROOT_CONTEXT, visit), '', '', 0, {}, []).decision > 0,
  }
  installed.set(tracker, parts)
  return {
    sampler: {
      shouldSample(...args) {
        seen.add('sampler')
        if (delivery?.isOwn(urlOf(args[4]))) return { decision: 0 }
        const answer = decide.shouldSample(...args)
        // Its failure would be an error of its step: seen to its end, but not sent.
        return args[3] === CLIENT ? { ...answer, decision: answer.decision || 1 } : answer
      },
      toString: decide.toString,
    },
    spanProcessors: [
      {
        ...stamper,
        onStart(span: Parameters<typeof stamper.onStart>[0], context: Parameters<typeof stamper.onStart>[1]) {
          seen.add('spanProcessors')
          const visit = tracker.active(context)
          const started = span as unknown as FinishedSpan
          if (started.kind === CLIENT && !delivery?.isOwn(urlOf(started.attributes)))
            requests.set(started, visit)
          if (requests.size > MOST_REQUESTS) requests.delete(requests.keys().next().value!)
          if (!visit) return
          span.setAttributes(visit.attributes)
          contextManager.count(visit)
          begun.set(span, visit)
        },
        onEnd(span: FinishedSpan) {
          requests.delete(span)
          // Attributes may be anything on 3.x, what throws when it is looked at too.
          if (span.kind === CLIENT && !delivery?.isOwn(urlOf(span.attributes)))
            safely(() => parts.onEnd?.(span, begun.get(span)))
        },
      },
      ...(delivery ? [delivery.processor] : []),
    ],
    contextManager,
    propagator: journeyPropagator(
      tracker,
      () => parts.isOpen,
      isListed,
      (url) => parts.onHeaders?.(url),
    ),
  }
}
