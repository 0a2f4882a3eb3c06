import { diag } from '@opentelemetry/api'

/** What fails in here, a storage, an instrumentation or what a page dispatches, keeps nothing else from being done. */
export function safely(fn: () => void, level: 'warn' | 'debug' = 'warn'): void {
  try {
    fn()
  } catch (error) {
    diag[level]('throughline:', error)
  }
}
