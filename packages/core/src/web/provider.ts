// The only file that imports the OpenTelemetry SDK, JS 2.x. What WebTracerProvider adds to the basic one (a context
// manager, propagators, `register`) are parts of ours.
import type { Attributes } from '@opentelemetry/api'
import { ProxyTracer } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-web'
import type { ThroughlineParts } from './parts'

type Provider = Pick<BasicTracerProvider, 'getTracer' | 'forceFlush' | 'shutdown'>

/** @param attributesOf the resource's: asked once, when the first span is sent, since that takes a while */
export function createProvider(
  { sampler, spanProcessors }: ThroughlineParts,
  attributesOf: () => Attributes = () => ({}),
): BasicTracerProvider {
  let known: Attributes | undefined
  // A Resource by structure: the SDK's own carries the detection of what a page has not.
  const resource = {
    get attributes() {
      known ??= attributesOf()
      return known
    },
    getRawAttributes: () => Object.entries(resource.attributes),
    merge: () => resource,
  }
  return new BasicTracerProvider({ resource, sampler, spanProcessors })
}

/**
 * A provider that is made with its first span, or in the task after this one, lest starting become a long task.
 *
 * @param before what to do first, if nobody has needed the provider by then
 */
export function lazyProvider(create: () => BasicTracerProvider, before: () => void): Provider {
  let made: BasicTracerProvider | undefined
  const provider = () => {
    made ??= create()
    return made
  }
  setTimeout(() => {
    if (!made) before()
    provider()
  })
  return {
    getTracer: (...args) =>
      new ProxyTracer({ getDelegateTracer: (...of) => provider().getTracer(...of) }, ...args),
    forceFlush: () => provider().forceFlush(),
    shutdown: () => provider().shutdown(),
  }
}
