// The only file that imports the OpenTelemetry SDK, JS 2.x. What WebTracerProvider adds to the basic one (a context manager,
// propagators, `register`) are parts of ours.
import type { Attributes } from '@opentelemetry/api'
import { ProxyTracer } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-web'
import type { ThroughlineParts } from './parts'

/**
 * A provider that is made with its first span, or in the task after this one, lest starting become a long task.
 *
 * @param attributesOf the resource's: asked once, when the first span is sent
 */
export function makeProvider(
  { sampler, spanProcessors }: ThroughlineParts,
  attributesOf: () => Attributes,
): Pick<BasicTracerProvider, 'getTracer' | 'forceFlush' | 'shutdown'> {
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
  let made: BasicTracerProvider | undefined
  const provider = () => {
    made ??= new BasicTracerProvider({ resource, sampler, spanProcessors })
    return made
  }
  setTimeout(provider)
  return {
    getTracer: (...args) =>
      new ProxyTracer({ getDelegateTracer: (...of) => provider().getTracer(...of) }, ...args),
    forceFlush: () => provider().forceFlush(),
    shutdown: () => provider().shutdown(),
  }
}
