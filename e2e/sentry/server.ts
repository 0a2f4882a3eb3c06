// A server with Sentry and Throughline in one process: `node --import ./server-telemetry.ts server.ts`.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import * as Sentry from '@sentry/node'
import { getJourney, withJourney } from '@throughline/node'
import { checkout } from './journeys.ts'

const server = createServer(
  withJourney({ journeys: [checkout] }, async (request, response) => {
    await Promise.resolve()
    if (request.url === '/orders') getJourney()?.convert(checkout, { key: 'order-1' })
    else Sentry.captureException(new Error('no such order'))
    response.writeHead(request.url === '/orders' ? 201 : 500).end()
  }),
)
server.listen(0, '127.0.0.1', () => console.log(`http://127.0.0.1:${(server.address() as AddressInfo).port}`))
process.once('SIGTERM', () => process.exit(0))
