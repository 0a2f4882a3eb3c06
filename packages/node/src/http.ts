import type { IncomingMessage, ServerResponse } from 'node:http'
import { incomingOf } from './answered'
import type { RequestOptions } from './request-journey'
import { requestJourney } from './request-journey'

/**
 * Wraps the listener of a plain `http` server: `createServer(withJourney({ journeys }, (request, response) => …))`.
 *
 * @throws TypeError at set-up, when the definitions are not usable
 */
export function withJourney<Request extends IncomingMessage, Response extends ServerResponse, T>(
  options: RequestOptions<Request>,
  listener: (request: Request, response: Response) => T,
): (request: Request, response: Response) => T {
  const run = requestJourney('withJourney()', options)
  return (request, response) => run(request, incomingOf(request, response), () => listener(request, response))
}
