import { diag } from '@opentelemetry/api'
import type { Tracker } from '../tracker'
import { installedParts } from './parts'

/** Names, in one message, the parts that the host's own provider was built without. */
export function diagnose(tracker: Tracker): void {
  const missing = ['sampler', 'spanProcessors', 'contextManager'].filter(
    (part) => !installedParts(tracker).has(part),
  )
  if (missing.length > 0)
    diag.warn(
      `throughline: the provider was built without ${missing.join(', ')} of throughlineParts({ tracker }): ` +
        'pass them to its constructor and to the global API, or spans will not carry the journey',
    )
}
