import { diag } from '@opentelemetry/api'

/** What fails in here, a storage, an instrumentation or what a page dispatches, keeps nothing else from being done. */
export function safely(fn: () => void): void {
  try {
    fn()
  } catch (error) {
    diag.warn('throughline:', error)
  }
}
