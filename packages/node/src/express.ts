import type { IncomingMessage, ServerResponse } from 'node:http'
import { incomingOf } from './answered'
import type { RequestOptions } from './request-journey'
import { requestJourney } from './request-journey'

/**
 * Middleware for Express, and for whatever else takes `(request, response, next)`. Put it before the routes.
 *
 * @throws TypeError at set-up, when the definitions are not usable
 */
export function throughline<Request extends IncomingMessage = IncomingMessage>(
  options: RequestOptions<Request>,
): (request: Request, response: ServerResponse, next: (error?: unknown) => void) => void {
  const run = requestJourney('throughline()', options)
  return (request, response, next) => run(request, incomingOf(request, response), () => next())
}
