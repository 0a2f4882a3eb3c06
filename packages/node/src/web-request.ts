import { whenReturned } from './answered'
import type { Confirm } from './confirms'
import type { RequestHeaders } from './headers'
import type { RequestOptions } from './request-journey'
import { requestJourney } from './request-journey'

/** What a journey is read from: a web `Request`, a request of `http` or `http2`, or `{ headers }` alone. */
export interface WebRequest {
  readonly headers: RequestHeaders
  readonly method?: string | undefined
  readonly url?: string | undefined
}

type Run = ReturnType<typeof requestJourney<WebRequest>>
const runs = new WeakMap<object, Run>()

/**
 * Handles a request with its journey in force, for what is built on the web's `Request`: route handlers and loaders
 * of SvelteKit, Nitro or React Router, and servers on Bun, Deno and Workers. It reads headers alone, so the body may
 * have been read. Inside of another adapter it does nothing but run `fn`.
 *
 * @param options the definitions; write them once, outside of the handler
 * @param fn handles the request; called once
 * @returns what `fn` returns
 * @example
 * ```ts
 * import { getJourney, withRequestJourney } from '@throughline/node'
 * import { checkout } from './journeys'
 *
 * const definitions = { journeys: [checkout] }
 * export const POST = (request: Request) =>
 *   withRequestJourney(definitions, request, async () => {
 *     const order = await request.json()
 *     getJourney()?.convert(checkout, { key: order.id })
 *     return Response.json(order)
 *   })
 * ```
 * @throws TypeError when the definitions are not usable; else only what `fn` throws
 */
export function withRequestJourney<Request extends WebRequest, T>(
  options: RequestOptions<Request>,
  request: Request,
  fn: () => T,
): T {
  const run =
    runs.get(options) ?? requestJourney('withRequestJourney()', options as RequestOptions<WebRequest>)
  runs.set(options, run)
  const { headers, method, url } = request
  let confirm: Confirm | undefined
  const answered = (it: Confirm) => {
    confirm = it
  }
  const result = run(request, { headers, method, url, answered }, fn)
  if (confirm) whenReturned(result, confirm)
  return result
}
