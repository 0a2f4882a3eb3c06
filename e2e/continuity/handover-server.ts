import { randomBytes } from 'node:crypto'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { context, propagation } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { W3CBaggagePropagator } from '@opentelemetry/core'
import type { Duration } from '@throughline/core'
import { createHandover, getJourney, journeyPropagator, withJourney } from '@throughline/node'
import { journey } from './journey.ts'

/** What a shop's server does to let a run go on in another tab. */
export interface HandoverServer {
  /** Answers `/token` with one for the run that the request belongs to; `?lifetime=` in ms. */
  answer(request: IncomingMessage, response: ServerResponse): boolean
  /** The token in the address of a page, when it was signed here and is still good. */
  verified(url: URL): string | undefined
  close(): void
}

export function handoverServer(): HandoverServer {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  propagation.setGlobalPropagator(journeyPropagator(new W3CBaggagePropagator()))
  const secret = randomBytes(32).toString('base64')
  const sign = withJourney({ journeys: [journey] }, (request: IncomingMessage, response: ServerResponse) => {
    const lifetime = request.url?.split('lifetime=')[1]
    const handover = createHandover({ secret, lifetime: lifetime ? Number(lifetime) : ('1h' as Duration) })
    response.end(handover.sign(getJourney()?.current()) ?? '')
  })
  return {
    answer(request, response) {
      if (!request.url?.startsWith('/token')) return false
      sign(request, response)
      return true
    },
    verified({ searchParams }) {
      const token = searchParams.get('token')
      return token && createHandover({ secret }).verify(token) ? token : undefined
    },
    close() {
      context.disable()
      propagation.disable()
    },
  }
}
