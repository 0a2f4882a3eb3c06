import { trace } from '@opentelemetry/api'
import { counts, getJourney } from '@throughline/node'
import { route } from '../../journey'
import { checkout } from '../../journeys'

export const POST = route(async (request: Request) => {
  const { key } = await request.json()
  trace.getTracer('app').startSpan('query').end()
  getJourney()?.convert(checkout, { key })
  return Response.json({ run: getJourney()?.current()?.run ?? null, counts: counts() })
})
