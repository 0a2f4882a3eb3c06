import type { AddressInfo } from 'node:net'
import { getRequestListener } from '@hono/node-server'
import { diag } from '@opentelemetry/api'
import type { Confirms } from '@throughline/core'
import { defineJourney } from '@throughline/core'
import express from 'express'
import Fastify from 'fastify'
import { Hono } from 'hono'
import Koa from 'koa'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { throughline } from './express'
import { throughline as fastifyPlugin } from './fastify'
import { throughline as honoMiddleware } from './hono'
import { withJourney } from './http'
import { throughline as koaMiddleware } from './koa'
import { getJourney } from './request-journey'
import { header, members, runId, serving, startOpenTelemetry } from './testing'
import { withRequestJourney } from './web-request'

// Real frameworks on real sockets. Each answers any request under `/shop` with the status and the `location` that the
// query asks for.

let otel: ReturnType<typeof startOpenTelemetry>
beforeEach(() => {
  otel = startOpenTelemetry()
})
afterEach(() => {
  otel.stop()
  diag.disable()
})

const journeyWith = (confirms: Confirms) =>
  defineJourney('checkout', {
    version: '1',
    steps: ['cart', 'payment', 'confirmation'],
    converts: 'confirmation',
    confirms,
  })
type Checkout = ReturnType<typeof journeyWith>

/** What the application does before it answers. */
type Work = (checkout: Checkout) => void
type Use = (url: string) => Promise<void>
type Serve = (checkout: Checkout, work: Work, use: Use) => Promise<void>

const wanted = (url: string) => {
  const { searchParams } = new URL(url, 'http://localhost')
  const location = searchParams.get('location')
  return { status: Number(searchParams.get('status') ?? 201), headers: { ...(location && { location }) } }
}

const frameworks: Record<string, Serve> = {
  express(checkout, work, use) {
    const app = express()
    app.use(throughline({ journeys: [checkout], subject: (request) => `${request.headers['x-subject']}` }))
    const shop = express.Router()
    shop.use((req, res) => {
      work(checkout)
      const { status, headers } = wanted(req.originalUrl)
      res.status(status).set(headers).json({})
    })
    app.use('/shop', shop)
    return serving(app, use)
  },
  async fastify(checkout, work, use) {
    const app = Fastify()
    app.register(fastifyPlugin({ journeys: [checkout], subject: ({ headers }) => `${headers['x-subject']}` }))
    app.all('/shop/*', async (request, reply) => {
      work(checkout)
      const { status, headers } = wanted(request.url)
      return reply.code(status).headers(headers).send({})
    })
    await app.listen({ port: 0, host: '127.0.0.1' })
    try {
      await use(`http://127.0.0.1:${(app.server.address() as AddressInfo).port}`)
    } finally {
      await app.close()
    }
  },
  koa(checkout, work, use) {
    const app = new Koa()
    app.use(koaMiddleware({ journeys: [checkout], subject: (context) => context.get('x-subject') }))
    app.use((context) => {
      work(checkout)
      const { status, headers } = wanted(context.url)
      context.body = {}
      context.status = status
      context.set(headers)
    })
    return serving(app.callback(), use)
  },
  hono(checkout, work, use) {
    const app = new Hono()
    app.use(honoMiddleware({ journeys: [checkout], subject: (it) => it.req.header('x-subject') }))
    app.all('/shop/*', (it) => {
      work(checkout)
      return new Response('{}', wanted(it.req.url))
    })
    return serving(getRequestListener(app.fetch), use)
  },
  http(checkout, work, use) {
    const subject = ({ headers }: { headers: NodeJS.Dict<unknown> }) => `${headers['x-subject']}`
    return serving(
      withJourney({ journeys: [checkout], subject }, (req, res) => {
        work(checkout)
        const { status, headers } = wanted(req.url!)
        // Headers that are given here alone are not among `getHeaders()`.
        res.writeHead(status, headers).end('{}')
      }),
      use,
    )
  },
  web(checkout, work, use) {
    const options = {
      journeys: [checkout],
      subject: (request: Request) => `${request.headers.get('x-subject')}`,
    }
    const handle = (request: Request) =>
      withRequestJourney(options, request, async () => {
        work(checkout)
        return new Response('{}', wanted(request.url))
      })
    return serving(getRequestListener(handle), use)
  },
}

const send = (url: string, { run, method = 'POST' }: { run?: string; method?: string } = {}) =>
  fetch(url, {
    method,
    redirect: 'manual',
    headers: { 'x-subject': 'ann', ...(run && { baggage: header(membersOf(run)) }) },
  })
const membersOf = (run: string) => {
  const { 'throughline.hypothesis.one-page-payment': _, ...rest } = members(run, {
    'throughline.step.index': '1',
  })
  return rest
}

/** The outcomes that a request leaves behind. */
async function outcomesOf(
  serve: Serve,
  confirms: Confirms,
  path: string,
  { method, work = () => {}, run = runId() }: { method?: string; work?: Work; run?: string } = {},
) {
  const answered: number[] = []
  await serve(journeyWith(confirms), work, async (url) => {
    answered.push((await send(`${url}${path}`, { run, ...(method && { method }) })).status)
  })
  const outcomes = otel
    .spans('throughline.run.end')
    .filter(({ attributes }) => attributes['throughline.run.id'] === run)
    .map(({ attributes }) => attributes['throughline.run.outcome'])
  return { status: answered[0], outcomes }
}

const AT = { at: 'POST /shop/orders' } as const

describe.each(Object.keys(frameworks))('confirms, by %s', (name) => {
  const serve = frameworks[name]!

  it('is a conversion of the run when the answer is 2xx, and of nothing else', async () => {
    const yes = ['/shop/orders', '/shop/orders/?from=cart', '/shop/orders?status=200']
    for (const path of yes)
      expect([path, (await outcomesOf(serve, AT, path)).outcomes]).toEqual([path, ['converted']])
    expect(otel.spans('throughline.run.end')[0]!.attributes).toMatchObject({
      'throughline.step.name': 'payment',
      'throughline.event.source': 'server',
      'throughline.subject.id': 'ann',
    })
    const no = ['/shop/orders?status=303', '/shop/orders?status=422', '/shop/orders?status=500', '/shop/cart']
    for (const path of no) expect([path, (await outcomesOf(serve, AT, path)).outcomes]).toEqual([path, []])
    expect((await outcomesOf(serve, AT, '/shop/orders', { method: 'PUT' })).outcomes).toEqual([])
  })

  it('asks `when` about 2xx and 3xx, with status and headers', async () => {
    const when: Confirms['when'] = ({ status, headers }) =>
      status === 303 && headers.get('Location') === '/orders/7'
    const outcomes = async (query: string) =>
      (await outcomesOf(serve, { ...AT, when }, `/shop/orders?${query}`)).outcomes
    expect(await outcomes('status=303&location=/orders/7')).toEqual(['converted'])
    expect(await outcomes('status=303&location=/cart')).toEqual([])
    expect(await outcomes('status=201')).toEqual([])
    const always = await outcomesOf(serve, { ...AT, when: () => true }, '/shop/orders?status=503')
    expect(always).toEqual({ status: 503, outcomes: [] })
  })

  it('confirms nothing without a run, and leaves the answer as it was', async () => {
    await serve(
      journeyWith(AT),
      () => {},
      async (url) => {
        expect((await send(`${url}/shop/orders`)).status).toBe(201)
      },
    )
    expect(otel.spans('throughline.run.end')).toEqual([])
  })
})

describe('confirms', () => {
  const serve = frameworks.express!

  it('leaves an outcome that the application reports to the application', async () => {
    const failing = await outcomesOf(serve, AT, '/shop/orders', {
      work: (checkout) => getJourney()?.fail(checkout, { reason: 'payment-declined' }),
    })
    expect(failing.outcomes).toEqual(['failed'])
    const converting = await outcomesOf(serve, AT, '/shop/orders', {
      work: (checkout) => getJourney()?.convert(checkout, { value: 40, currency: 'EUR', key: 'order-7' }),
    })
    expect(converting.outcomes).toEqual(['converted'])
    expect(otel.spans('throughline.run.end').at(-1)!.attributes['throughline.conversion.value']).toBe(40)
  })

  it('is one conversion, however often a run comes', async () => {
    const run = runId()
    for (let round = 0; round < 2; round++) await outcomesOf(serve, AT, '/shop/orders', { run })
    expect(otel.spans('throughline.run.end')).toHaveLength(1)
  })

  it('confirms a run that the server itself entered', async () => {
    await serve(
      journeyWith(AT),
      (checkout) => getJourney()?.enter(checkout, 'payment'),
      async (url) => void (await send(`${url}/shop/orders`)),
    )
    expect(otel.spans('throughline.run.end')).toHaveLength(1)
  })

  it('takes several routes, with parameters', async () => {
    const at = ['POST /shop/orders', 'PUT /shop/orders/:id/paid'] as const
    const paid = await outcomesOf(serve, { at }, '/shop/orders/7/paid', { method: 'PUT' })
    expect(paid.outcomes).toEqual(['converted'])
    const other = await outcomesOf(serve, { at }, '/shop/orders/7/paid', { method: 'POST' })
    expect(other.outcomes).toEqual([])
  })

  it('takes nothing for a route that is none, and says nothing of it', () => {
    const said = vi.fn()
    diag.setLogger({ debug: said, error: said, info: said, verbose: said, warn: said })
    said.mockClear()
    const options = { journeys: [journeyWith({ at: 'POST /orders' })] }
    for (const url of ['orders', '*', '//orders', 'http://[', '/orders%', '']) {
      const request = { method: 'POST', url, headers: { baggage: header(membersOf(runId())) } }
      withRequestJourney(options, request, () => ({ status: 200, headers: new Headers() }))
    }
    expect(said).not.toHaveBeenCalled()
    expect(otel.spans('throughline.run.end')).toEqual([])
  })

  it.each([
    [
      'throws',
      () => {
        throw new Error('boom')
      },
      /confirms\.when of "checkout" failed/,
    ],
    [
      'answers with a promise that is rejected',
      async () => Promise.reject(new Error('boom')),
      /neither true/,
    ],
    ['answers nothing', () => undefined, /neither true nor false/],
  ])('confirms nothing where `when` %s, and says so', async (_, when, message) => {
    const said: string[] = []
    const say = (text: string) => void said.push(text)
    diag.setLogger({ debug: say, error: say, info: say, verbose: say, warn: say })
    const answer = await outcomesOf(serve, { ...AT, when: when as never }, '/shop/orders')
    expect(answer).toEqual({ status: 201, outcomes: [] })
    expect(said.filter((text) => message.test(text))).toHaveLength(1)
  })

  it('confirms what was answered to a client that had gone by then', async () => {
    let answer: (() => void) | undefined
    const arrived = Promise.withResolvers<void>()
    const app = express()
    const checkout = journeyWith({ at: 'POST /orders' })
    app.use(throughline({ journeys: [checkout] }))
    app.post('/orders', (_req, res) => {
      answer = () => res.status(201).json({})
      res.on('close', () => answer?.())
      arrived.resolve()
    })
    await serving(app, async (url) => {
      const gone = new AbortController()
      const sent = fetch(`${url}/orders`, {
        method: 'POST',
        headers: { baggage: header(membersOf(runId())) },
        signal: gone.signal,
      }).catch(() => {})
      await arrived.promise
      gone.abort()
      await sent
      await vi.waitFor(() => expect(otel.spans('throughline.run.end')).toHaveLength(1), 20_000)
    })
  })
})
