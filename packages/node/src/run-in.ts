import type { Context } from '@opentelemetry/api'
import { context, diag } from '@opentelemetry/api'

/**
 * Runs work in a context. Only what the work itself throws comes out, and it runs once, whatever is broken around it.
 */
export function runIn<T>(inside: Context | undefined, work: () => T): T {
  if (!inside) return work()
  let ended: (() => T) | undefined
  const once = () => {
    try {
      const result = work()
      ended = () => result
    } catch (error) {
      ended = () => {
        throw error
      }
    }
    return ended()
  }
  try {
    return context.with(inside, once)
  } catch (error) {
    if (ended) return ended()
    diag.error('throughline:', error)
    return work()
  }
}
