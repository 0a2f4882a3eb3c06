// The only file that imports the OpenTelemetry SDK, JS 2.x. What WebTracerProvider adds to the basic one (a context manager,
// propagators, `register`) are parts of ours.
import type { Attributes } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-web'
import type { ThroughlineParts } from './parts'

export function makeProvider({ sampler, spanProcessors }: ThroughlineParts, attributes: Attributes) {
  // A Resource by structure: the SDK's own carries the detection of what a page has not.
  const resource = {
    attributes,
    getRawAttributes: () => Object.entries(attributes),
    merge: () => resource,
  }
  return new BasicTracerProvider({ resource, sampler, spanProcessors })
}
