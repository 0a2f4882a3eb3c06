import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { trace } from '@opentelemetry/api'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { throughline as fastifyPlugin } from './fastify'
import { throughline as honoMiddleware } from './hono'
import { throughline as koaMiddleware } from './koa'
import { getJourney } from './request-journey'
import {
  checkout,
  definitions,
  header,
  members,
  runId,
  serving,
  stampOf,
  startOpenTelemetry,
} from './testing'

// What every adapter owes, with the real framework on a real socket: `POST /` takes an order, `POST /throws` fails.

let otel: ReturnType<typeof startOpenTelemetry>
beforeEach(() => {
  otel = startOpenTelemetry()
})
afterEach(() => otel.stop())

/** What an application does in a request: it waits, works, and confirms. */
async function order(key: string) {
  await new Promise((resolve) => setTimeout(resolve, 1))
  trace.getTracer('app').startSpan(`query ${key}`).end()
  getJourney()?.convert(checkout, { value: 40, currency: 'EUR', key })
  return { key, run: getJourney()?.current()?.run }
}

type Use = (url: string) => Promise<void>

const frameworks: Record<string, (use: Use) => Promise<void>> = {
  async fastify(use) {
    const app = Fastify()
    app.register(fastifyPlugin({ ...definitions, subject: (request) => `${request.headers['x-subject']}` }))
    app.register(async (shop) => {
      shop.post<{ Body: { key: string } }>('/', (request) => order(request.body.key))
      shop.post('/throws', async () => {
        throw new Error('out of stock')
      })
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    try {
      await use(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`)
    } finally {
      await app.close()
    }
  },

  koa(use) {
    const app = new Koa()
    app.silent = true
    app.use(koaMiddleware({ ...definitions, subject: (context) => context.get('x-subject') }))
    app.use(async (context) => {
      if (context.path === '/throws') throw new Error('out of stock')
      const chunks: Buffer[] = []
      for await (const chunk of context.req) chunks.push(chunk)
      context.body = await order(JSON.parse(`${Buffer.concat(chunks)}`).key)
    })
    return serving(app.callback(), use)
  },

  hono(use) {
    const app = new Hono()
    app.use(honoMiddleware({ ...definitions, subject: (context) => context.req.header('x-subject') }))
    app.post('/', async (context) => context.json(await order((await context.req.json()).key)))
    app.post('/throws', () => {
      throw new Error('out of stock')
    })
    app.onError((_, context) => context.text('sorry', 500))
    return serving(getRequestListener(app.fetch), use)
  },
}

/**
 * Sends the body in pieces, as it comes over a slow line: reading it ends in another turn than the request began in.
 */
function slowly(body: string): ReadableStream {
  const pieces = [body.slice(0, 5), body.slice(5)]
  return new ReadableStream({
    async pull(stream) {
      await new Promise((resolve) => setTimeout(resolve, 5))
      const piece = pieces.shift()
      if (piece) stream.enqueue(new TextEncoder().encode(piece))
      else stream.close()
    },
  })
}

const ask = (url: string, run: string, key: string, path = '/') =>
  fetch(`${url}${path}`, {
    method: 'POST',
    headers: { baggage: header(members(run)), 'content-type': 'application/json', 'x-subject': 'ann' },
    body: slowly(JSON.stringify({ key })),
    ...{ duplex: 'half' },
  })

describe.each(Object.keys(frameworks))('%s', (name) => {
  const serve = frameworks[name]!

  it('stamps what requests do, never one with the journey of another, and confirms outcomes', async () => {
    const runs = Array.from({ length: 20 }, (_, index) => ({ run: runId(), key: `order-${index}` }))
    await serve(async (url) => {
      const answers = await Promise.all(
        runs.map(async ({ run, key }) => (await ask(url, run, key)).json() as Promise<unknown>),
      )
      expect(answers).toEqual(runs.map(({ run, key }) => ({ key, run })))
    })
    for (const { run, key } of runs)
      expect(otel.spans(`query ${key}`).map(({ attributes }) => attributes)).toEqual([stampOf(run)])
    const ends = otel.spans('throughline.run.end').map(({ attributes }) => attributes)
    expect(ends.map((end) => end['throughline.run.id']).sort()).toEqual(runs.map(({ run }) => run).sort())
    expect(ends[0]).toMatchObject({ 'throughline.run.outcome': 'converted', 'throughline.subject.id': 'ann' })
  })

  it('leaves a request without a journey, and one that fails, as they were', async () => {
    await serve(async (url) => {
      expect((await ask(url, runId(), 'a', '/throws')).status).toBe(500)
      const plain = await fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: '{"key":"plain"}',
      })
      expect(await plain.json()).toEqual({ key: 'plain' })
    })
    expect(otel.spans('query plain').map(({ attributes }) => attributes)).toEqual([{}])
    expect(otel.spans('throughline.run.end')).toEqual([])
  })
})
