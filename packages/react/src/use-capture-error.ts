import { isSteering } from '@throughline/core'
import { useEffect } from 'react'
import { useTracker } from './provider'
import { recordError } from './record-error'

/** Told already: StrictMode runs effects twice, and an error page may show one error in several places. */
const told = new WeakSet<object>()

/**
 * Records the error that an error page shows, on the step where it happened: React Router's `ErrorBoundary` and
 * Next's `error.tsx` catch what a render throws before the window hears of it. Nothing is recorded for undefined and
 * null, nor for what a framework throws to steer (a `Response`, `notFound()`).
 *
 * @example
 * ```tsx
 * import { useCaptureError } from '@throughline/react'
 *
 * // app/error.tsx
 * export default function ErrorPage({ error }: { error: Error }) {
 *   useCaptureError(error)
 *   return <p>Something went wrong</p>
 * }
 * ```
 */
export function useCaptureError(error: unknown): void {
  const tracker = useTracker()
  useEffect(() => {
    if (!tracker || error === undefined || error === null || isSteering(error)) return
    if (typeof error === 'object') {
      if (told.has(error)) return
      told.add(error)
    }
    recordError(tracker, error, { handled: true })
  }, [tracker, error])
}
