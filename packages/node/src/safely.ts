import { diag } from '@opentelemetry/api'

/** The request is sacred: what fails in here is reported, and the request goes on without it. */
export function safely<T>(fn: () => T): T | undefined {
  try {
    return fn()
  } catch (error) {
    diag.error('throughline:', error)
    return undefined
  }
}
