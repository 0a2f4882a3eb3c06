import type { FinishedSpan } from './delivery'

/** A Resource of either OpenTelemetry line, by structure. */
export function asResource(attributes: FinishedSpan['resource']['attributes']): FinishedSpan['resource'] {
  const resource: FinishedSpan['resource'] = {
    attributes,
    getRawAttributes: () => Object.entries(attributes),
    merge: () => resource,
  }
  return resource
}
