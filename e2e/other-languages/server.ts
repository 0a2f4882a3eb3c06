// The Node server behind the other service: `POST /orders` confirms a conversion, anything else is only answered.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { trace } from '@opentelemetry/api'
import { getJourney, withJourney } from '@throughline/node'
import { checkout, definitions } from './journeys.ts'

const server = createServer(
  withJourney(definitions, (request, response) => {
    trace.getTracer('orders').startSpan('query').end()
    if (request.url === '/orders')
      getJourney()?.convert(checkout, { value: 40, currency: 'EUR', key: 'order-1' })
    response.end('ok')
  }),
)
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
