import proxy from '@fastify/http-proxy'
import files from '@fastify/static'
import { throughline } from '@throughline/node/fastify'
import Fastify from 'fastify'
import { checkout } from './journeys.ts'
import { place } from './orders.ts'

const { HOST = 'localhost', PORT = '3000', THROUGHLINE_URL = 'http://127.0.0.1:4318' } = process.env

const app = Fastify({ logger: { level: 'warn' } })

// What pages send goes to `throughline dev`; in production to your collector.
app.register(proxy, { prefix: '/otlp', upstream: THROUGHLINE_URL })

app.register(throughline({ journeys: [checkout] }))

app.post<{ Body: { quantity: number } }>('/orders', async (request, reply) => {
  const order = await place(request.body.quantity)
  return reply.code(201).send(order)
})

app.register(files, { root: `${import.meta.dirname}/dist` })
for (const path of ['/payment', '/orders/:id'])
  app.get(path, (_request, reply) => reply.sendFile('index.html'))

console.log(await app.listen({ host: HOST, port: Number(PORT) }))
