/**
 * How frameworks begin the `digest` of what they throw to steer: `NEXT_REDIRECT`, `BAILOUT_TO_CLIENT_SIDE_RENDERING`.
 */
const STEERING_DIGEST = /^(NEXT|BAILOUT)_/

interface Thrown {
  readonly digest?: unknown
  readonly then?: unknown
  readonly status?: unknown
  readonly location?: unknown
  readonly isNotFound?: unknown
  readonly statusText?: unknown
  readonly internal?: unknown
}

/**
 * True for what a framework throws to steer, and catches itself: Next's `redirect()` and `notFound()`, a `Response`
 * (React Router, TanStack Router), a promise (React's Suspense), TanStack's `notFound()`, SvelteKit's `redirect()`.
 * It is no error: do not record it, and throw it again where it was caught. Never throws itself, whatever it is
 * given.
 *
 * @example
 * if (isSteering(error)) throw error
 */
export function isSteering(error: unknown): boolean {
  try {
    if (typeof error !== 'object' || !error) return false
    const { digest, then, status, location, isNotFound, statusText, internal } = error as Thrown
    return (
      STEERING_DIGEST.test(`${digest}`) ||
      typeof then === 'function' ||
      // A Response of another realm is no instance of ours.
      Object.prototype.toString.call(error) === '[object Response]' ||
      isNotFound === true ||
      // What React Router's error page is given in place of a Response.
      (typeof statusText === 'string' && typeof internal === 'boolean') ||
      ((status as number) >= 300 && (status as number) < 400 && typeof location === 'string')
    )
  } catch {
    return false
  }
}
