import type { RequestHeaders } from './headers'
import type { RequestOptions } from './request-journey'
import type { WebRequest } from './web-request'
import { withRequestJourney } from './web-request'

/** The definitions, and where Next keeps the headers of a request. */
export interface NextOptions extends RequestOptions<WebRequest> {
  /** `headers` of `next/headers`. */
  readonly headers: () => Promise<RequestHeaders>
}

/** Wraps what Next calls in a request. */
export interface NextJourney {
  /** Wraps a route handler: `export const POST = route(async (request) => …)`. */
  route<Request extends WebRequest, Rest extends unknown[], T>(
    handler: (request: Request, ...rest: Rest) => T,
  ): (request: Request, ...rest: Rest) => T
  /** Wraps a server action, or a server component: `export const pay = action(async (form: FormData) => …)`. */
  action<Args extends unknown[], T>(fn: (...args: Args) => T | Promise<T>): (...args: Args) => Promise<T>
}

/**
 * The journey in Next's route handlers, server actions and server components, on its Node runtime.
 *
 * @throws TypeError when `headers` is missing; and at the first request, when the definitions are not usable
 */
export function throughline(options: NextOptions): NextJourney {
  if (typeof options?.headers !== 'function')
    throw new TypeError("throughline() needs headers: import { headers } from 'next/headers'")
  return {
    route:
      (handler) =>
      (request, ...rest) =>
        withRequestJourney(options, request, () => handler(request, ...rest)),
    action:
      (fn) =>
      async (...args) => {
        const headers = await options.headers()
        return withRequestJourney(options, { headers }, () => fn(...args))
      },
  }
}
