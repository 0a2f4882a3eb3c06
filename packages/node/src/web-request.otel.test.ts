import { createServer } from 'node:http'
import * as http2 from 'node:http2'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { context, propagation, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { throughline as throughlineExpress } from './express'
import { withJourney } from './http'
import { throughline as throughlineNext } from './next'
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
import { withRequestJourney } from './web-request'

// No test here has instrumentation of http: what is read, Throughline reads.

let otel: ReturnType<typeof startOpenTelemetry>
beforeEach(() => {
  otel = startOpenTelemetry()
})
afterEach(() => otel.stop())

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736'
const headersOf = (run: string) => ({
  baggage: header({ ...members(run), 'tenant.id': 'acme' }),
  traceparent: `00-${TRACE}-00f067aa0ba902b7-01`,
})
const requestOf = (run: string) =>
  new Request('https://shop.example/orders', {
    method: 'POST',
    headers: headersOf(run),
    body: '{"key":"order-7"}',
  })

/** What an application does: it works, confirms, and tells its run. */
async function order(key: string) {
  await new Promise((resolve) => setTimeout(resolve, 1))
  trace.getTracer('app').startSpan('query').end()
  getJourney()?.convert(checkout, { key })
  return getJourney()?.current()?.run
}

function expectStamped(run: string) {
  expect(otel.spans('query').map(({ attributes }) => attributes)).toEqual([stampOf(run)])
  const [end] = otel.spans('throughline.run.end')
  expect(end!.attributes).toMatchObject({ ...stampOf(run), 'throughline.run.outcome': 'converted' })
  expect(end!.spanContext().traceId).toBe(TRACE)
}

describe('withRequestJourney', () => {
  it('puts the journey in force for a web Request, whose body is read inside', async () => {
    const run = runId()
    const request = requestOf(run)
    const answer = await withRequestJourney(definitions, request, async () =>
      order((await request.json()).key),
    )
    expect(answer).toBe(run)
    expectStamped(run)
  })

  it('puts it in force after the body was read', async () => {
    const run = runId()
    const request = requestOf(run)
    const { key } = await request.json()
    expect(await withRequestJourney(definitions, request, () => order(key))).toBe(run)
    expectStamped(run)
  })

  it.each([
    ['Headers alone', (run: string) => ({ headers: new Headers(headersOf(run)) })],
    ['an object', (run: string) => ({ headers: headersOf(run) })],
    [
      'a cut-down Headers',
      (run: string) => ({ headers: { get: (name: string) => new Headers(headersOf(run)).get(name) } }),
    ],
  ])('takes %s', async (_, make) => {
    const run = runId()
    expect(await withRequestJourney(definitions, make(run), () => order('order-7'))).toBe(run)
  })

  it('reads the headers where a span is active that nobody made from them', async () => {
    const run = runId()
    await trace.getTracer('app').startActiveSpan('handler', async (span) => {
      expect(await withRequestJourney(definitions, requestOf(run), () => order('order-7'))).toBe(run)
      span.end()
    })
    expect(otel.spans('handler')[0]!.attributes).toMatchObject(stampOf(run))
  })

  it('knows the subject of the request', async () => {
    const options = {
      ...definitions,
      subject: (request: Request) => request.headers.get('x-user') ?? undefined,
    }
    const request = requestOf(runId())
    request.headers.set('x-user', 'ann')
    await withRequestJourney(options, request, () => order('order-7'))
    expect(otel.spans('throughline.run.end')[0]!.attributes).toMatchObject({
      'throughline.subject.id': 'ann',
    })
  })

  it('keeps requests apart that are handled at the same time', async () => {
    const runs = Array.from({ length: 20 }, () => runId())
    const answers = runs.map((run) => withRequestJourney(definitions, requestOf(run), () => order(run)))
    expect(await Promise.all(answers)).toEqual(runs)
    expect(getJourney()).toBeUndefined()
  })

  it('throws what the handler throws, runs it once, and refuses definitions that are none', async () => {
    let ran = 0
    const boom = () => {
      ran++
      throw new Error('boom')
    }
    expect(() => withRequestJourney(definitions, requestOf(runId()), boom)).toThrow('boom')
    expect(ran).toBe(1)
    expect(() => withRequestJourney({ journeys: [] }, requestOf(runId()), boom)).toThrow(
      /journeys: \[checkout/,
    )
    expect(() => withRequestJourney(definitions, {} as never, () => 'answered')).not.toThrow()
  })

  it('inside of a middleware is the journey of the middleware', async () => {
    const run = runId()
    const middleware = throughlineExpress(definitions)
    const answer = await new Promise((resolve) =>
      middleware({ headers: headersOf(run) } as never, {} as never, () =>
        resolve(withRequestJourney(definitions, requestOf(runId()), () => order('order-7'))),
      ),
    )
    expect(answer).toBe(run)
  })

  it('works without an SDK, where there is a context manager', async () => {
    otel.stop()
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    const run = runId()
    expect(await withRequestJourney(definitions, requestOf(run), () => order('order-7'))).toBe(run)
    propagation.disable()
  })
})

describe('over http2', () => {
  async function asking(server: http2.Http2Server, run: string) {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const client = http2.connect(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
    try {
      const stream = client.request({ ':method': 'POST', ':path': '/', ...headersOf(run) })
      stream.end('{"key":"order-7"}')
      return await text(stream)
    } finally {
      client.close()
      await new Promise((resolve) => server.close(resolve))
    }
  }

  it('requests have their journey', async () => {
    const run = runId()
    const server = http2.createServer((request, response) =>
      withRequestJourney(definitions, request, async () =>
        response.end(`${await order(JSON.parse(await text(request)).key)}`),
      ),
    )
    expect(await asking(server, run)).toBe(run)
    expectStamped(run)
  })

  it('streams have their journey', async () => {
    const run = runId()
    const server = http2.createServer()
    server.on('stream', (stream, headers) =>
      withRequestJourney(definitions, { headers }, async () => stream.end(await order(await text(stream)))),
    )
    expect(await asking(server, run)).toBe(run)
  })
})

it('listeners of a plain http request are in the journey, when the body comes in pieces', async () => {
  const run = runId()
  const listener = withJourney(definitions, (request, response) => {
    request.on('data', () => {})
    request.on('end', async () => response.end(await order('order-7')))
  })
  await serving(listener, async (url) => {
    const pieces = async function* () {
      for (const piece of ['one', 'two', 'three']) {
        await new Promise((resolve) => setTimeout(resolve, 5))
        yield new TextEncoder().encode(piece)
      }
    }
    const body = pieces() as unknown as BodyInit
    const response = await fetch(url, {
      method: 'POST',
      headers: headersOf(run),
      body,
      ...{ duplex: 'half' },
    })
    expect(await response.text()).toBe(run)
  })
  expectStamped(run)
})

describe('for Next', () => {
  it('wraps route handlers, server actions and components', async () => {
    const run = runId()
    const { route, action } = throughlineNext({
      ...definitions,
      headers: async () => new Headers(headersOf(run)),
    })
    const POST = route(async (request: Request, { params }: { params: Promise<{ id: string }> }) => {
      const { key } = await request.json()
      return [await order(key), (await params).id]
    })
    expect(await POST(requestOf(run), { params: Promise.resolve({ id: '7' }) })).toEqual([run, '7'])
    const pay = action(async (form: FormData) => order(`${form.get('key')}`))
    expect(await pay(new FormData())).toBe(run)
    const boom = action(() => {
      throw Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;replace;/done;307;' })
    })
    await expect(boom()).rejects.toMatchObject({ digest: 'NEXT_REDIRECT;replace;/done;307;' })
  })

  it('says what is missing', () =>
    expect(() => throughlineNext(definitions as never)).toThrow(/next\/headers/))
})

it('a server of web requests keeps them apart over sockets', async () => {
  // As Bun, Deno and Workers call a fetch handler.
  const handler = (request: Request) =>
    withRequestJourney(definitions, request, async () => new Response(await order(await request.text())))
  const server = createServer(async (req, res) => {
    const request = new Request(`http://${req.headers.host}${req.url}`, {
      method: 'POST',
      headers: req.headers as Record<string, string>,
      body: await text(req),
    })
    res.end(await (await handler(request)).text())
  })
  await serving(
    (req, res) => void server.emit('request', req, res),
    async (url) => {
      const runs = Array.from({ length: 10 }, () => runId())
      const answers = runs.map(async (run) =>
        (await fetch(url, { method: 'POST', headers: headersOf(run), body: run })).text(),
      )
      expect(await Promise.all(answers)).toEqual(runs)
    },
  )
})
