import type { Context, MiddlewareHandler } from 'hono'
import type { Confirm } from './confirms'
import type { RequestOptions } from './request-journey'
import { requestJourney } from './request-journey'

/**
 * Middleware for Hono on Node. Put it before the routes.
 *
 * @param options `subject` is given Hono's context
 * @throws TypeError at set-up, when the definitions are not usable
 */
export function throughline(options: RequestOptions<Context>): MiddlewareHandler {
  const run = requestJourney('throughline()', options)
  return (context, next) => {
    const { method, url, headers } = context.req.raw
    let confirm: Confirm | undefined
    const answered = (it: Confirm) => {
      confirm = it
    }
    return run(context, { method, url, headers, answered }, async () => {
      await next()
      confirm?.(context.res)
    })
  }
}
