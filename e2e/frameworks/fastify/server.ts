import { trace } from '@opentelemetry/api'
import { getJourney } from '@throughline/node'
import { throughline } from '@throughline/node/fastify'
import Fastify from 'fastify'
import { checkout } from './journeys.ts'

const app = Fastify()
app.register(throughline({ journeys: [checkout] }))

app.post<{ Body: { key: string } }>('/orders', async (request) => {
  trace.getTracer('app').startSpan('query').end()
  getJourney()?.convert(checkout, { value: 40, currency: 'EUR', key: request.body.key })
  return { run: getJourney()?.current()?.run ?? null }
})

app.post('/broken', async () => {
  throw new Error('out of stock')
})

console.log(await app.listen({ port: 0, host: '127.0.0.1' }))
