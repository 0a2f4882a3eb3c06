import type { Context, Next } from 'koa'
import { incomingOf } from './answered'
import type { RequestOptions } from './request-journey'
import { requestJourney } from './request-journey'

/**
 * Middleware for Koa. Put it before the routes.
 *
 * @param options `subject` is given Koa's context
 * @throws TypeError at set-up, when the definitions are not usable
 */
export function throughline(
  options: RequestOptions<Context>,
): (context: Context, next: Next) => Promise<unknown> {
  const run = requestJourney('throughline()', options)
  return (context, next) => run(context, incomingOf(context.req, context.res), next)
}
