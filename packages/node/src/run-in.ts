import type { Context } from '@opentelemetry/api'
import { context, diag } from '@opentelemetry/api'

/** Runs work in a context. Only what the work itself throws comes out, and it runs once, whatever is broken around it. */
export function runIn<T>(inside: Context | undefined, work: () => T): T {
  if (!inside) return work()
  let began = false
  const once = () => {
    began = true
    return work()
  }
  try {
    return context.with(inside, once)
  } catch (error) {
    if (began) throw error
    diag.error('throughline:', error)
    return work()
  }
}
