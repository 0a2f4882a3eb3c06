import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { XMLHttpRequestInstrumentation } from '@opentelemetry/instrumentation-xml-http-request'
import { afterEach, describe, expect, it } from 'vitest'
import { checkout, signup } from '../testing'
import { tracing } from './index'
import { createSink, start, stopAll } from './testing'

afterEach(stopAll)

/** The test server under another origin. */
const elsewhere = location.origin.replace('localhost', '127.0.0.1')

describe('baggage', () => {
  it('goes to this origin and to listed ones alone, whatever the instrumentation is told', async () => {
    const sink = createSink()
    const propagateTraceHeaderCorsUrls = [/.*/]
    const instrumentations = [new FetchInstrumentation({ propagateTraceHeaderCorsUrls })]
    const tracker = start({ endpoint: sink.endpoint, instrumentations })
    tracker.enter(checkout, 'cart')
    const headersAt = async (url: string) => (await fetch(url)).json()
    expect(elsewhere).not.toBe(location.origin)
    expect((await headersAt(`${sink.endpoint}/api`)).baggage).toContain('throughline.step.name=cart')
    const other = await headersAt(`${elsewhere}${sink.endpoint}/api`)
    expect(other.traceparent).toMatch(/^00-/)
    expect(other.baggage).toBeUndefined()
    await tracker.stop()
    const listed = start({ endpoint: sink.endpoint, instrumentations, propagateTo: [elsewhere] })
    listed.enter(checkout, 'payment')
    const allowed = await headersAt(`${elsewhere}${sink.endpoint}/api?x=${location.origin}`)
    expect(allowed.baggage).toContain('throughline.step.name=payment')
  })

  it('is added to what is there, and names the other active runs', async () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint, instrumentations: [new FetchInstrumentation()] })
    tracker.enter(checkout, 'cart')
    const { run } = tracker.current()!
    tracker.enter(signup, 'form')
    const response = await fetch(`${sink.endpoint}/api`, { headers: { baggage: 'tenant=acme' } })
    const { baggage } = await response.json()
    expect(baggage).toMatch(/^tenant=acme,throughline\.journey\.name=signup,/)
    expect(baggage).toContain(`throughline.active.checkout=${run}`)
  })

  it('a pattern is held against the origin, not against the path', () => {
    const sink = createSink()
    start({ endpoint: sink.endpoint, propagateTo: [/^https:\/\/api\.shop\.example$/g] }).enter(
      checkout,
      'cart',
    )
    const sentTo = (url: string) => {
      const carrier: Record<string, string> = {}
      const span = trace.getTracer('host').startSpan('GET', { attributes: { 'url.full': url } })
      propagation.inject(trace.setSpan(context.active(), span), carrier)
      return carrier
    }
    expect(sentTo('https://api.shop.example/orders').baggage).toBeDefined()
    expect(sentTo('https://api.shop.example/orders').baggage).toBeDefined()
    expect(sentTo('https://evil.example/?https://api.shop.example').baggage).toBeUndefined()
    expect(sentTo('').baggage).toBeUndefined()
    expect(sentTo('https://').baggage).toBeUndefined()
  })
})

describe('one list of origins', () => {
  const propagateTo = [elsewhere]
  const headersOf = async (url: string, by: 'fetch' | 'XMLHttpRequest') => {
    if (by === 'fetch') return (await fetch(url)).json()
    return new Promise<Record<string, string>>((resolve) => {
      const request = new XMLHttpRequest()
      request.onload = () => resolve(JSON.parse(request.responseText))
      request.open('GET', url)
      request.send()
    })
  }

  it.each(['fetch', 'XMLHttpRequest'] as const)(
    'given to the instrumentation of %s too, brings headers there',
    async (by) => {
      const sink = createSink()
      const { endpoint } = sink
      const instrumentations = [
        new (by === 'fetch' ? FetchInstrumentation : XMLHttpRequestInstrumentation)(tracing({ propagateTo })),
      ]
      start({ endpoint, instrumentations, propagateTo }).enter(checkout, 'cart')
      const headers = await headersOf(`${elsewhere}${endpoint}/api`, by)
      expect(headers.traceparent).toMatch(/^00-/)
      expect(headers.baggage).toContain('throughline.step.name=cart')
    },
  )

  it('holds patterns against origins, as instrumentations ask for whole URLs', () => {
    const [pattern] = tracing({ propagateTo: [/^https:\/\/\w+\.shop\.example$/, 'https://pay.example/'] })
      .propagateTraceHeaderCorsUrls as [RegExp]
    const asked = (url: string) => [!!url.match(pattern), pattern.test(url)]
    for (const url of [
      'https://api.shop.example/orders?a=1',
      'https://pay.example',
      'https://pay.example/x#y',
      // The page's own origin, which instrumentations do not know in a frame with `srcdoc`.
      location.href,
    ])
      expect(asked(url)).toEqual([true, true])
    for (const url of [
      ...[
        'https://evil.example/?https://api.shop.example',
        'http://pay.example/',
        'https://pay.example.evil/',
      ],
      ...['', 'https://'],
    ])
      expect(asked(url)).toEqual([false, false])
    expect(tracing({}).propagateTraceHeaderCorsUrls.some((none) => none.test('https://pay.example'))).toBe(
      false,
    )
  })

  it.each([
    'api.example.com',
    '//api.example.com',
    'localhost:3000',
    '/api',
    'https://*.example.com',
    '',
    null,
    7,
  ])('an entry that can match no origin, %j, is an error that says how to write it', (entry) => {
    const propagateTo = [entry as string]
    const said = /propagateTo has .*write an origin with its scheme, 'https:\/\/api\.example\.com'/
    expect(() => tracing({ propagateTo })).toThrow(said)
    expect(() => start({ endpoint: '/otlp', propagateTo })).toThrow(said)
  })
})

describe('the ambient context', () => {
  it('puts calls after an await, and by XHR, into the visit', async () => {
    const sink = createSink()
    const instrumentations = [new FetchInstrumentation(), new XMLHttpRequestInstrumentation()]
    const tracker = start({ endpoint: sink.endpoint, instrumentations })
    tracker.enter(checkout, 'cart')
    await Promise.resolve()
    await fetch(`${sink.endpoint}/one`)
    await new Promise<void>((resolve) => {
      const request = new XMLHttpRequest()
      request.onloadend = () => resolve()
      request.open('GET', `${sink.endpoint}/two`)
      request.send()
    })
    await new Promise((resolve) => setTimeout(resolve, 400))
    await tracker.flush()
    const [enter] = await sink.spans('throughline.step.enter')
    const calls = await sink.spans('GET')
    expect(calls.map(({ attributes }) => `${attributes['url.full']}`.slice(-4))).toEqual(['/one', '/two'])
    for (const call of calls)
      expect(call).toMatchObject({ traceId: enter!.traceId, parentSpanId: enter!.spanId })
  })

  it('can be left, bound to, and stays "ambient" when it is bound', () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint })
    const parent = () => trace.getSpanContext(context.active())?.spanId
    expect(parent()).toBeUndefined()
    tracker.enter(checkout, 'cart')
    const cart = tracker.current()!.span!.spanId
    expect(parent()).toBe(cart)
    expect(context.with(ROOT_CONTEXT, parent)).toBeUndefined()
    const later = context.bind(context.active(), parent)
    const pinned = context.bind(context.active().setValue(Symbol.for('own'), 1), parent)
    tracker.enter(checkout, 'payment')
    expect(later()).toBe(tracker.current()!.span!.spanId)
    expect(pinned()).toBe(cart)
  })

  it('work inside of run() belongs to its journey, whatever is ambient', async () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint })
    tracker.enter(checkout, 'cart')
    tracker.enter(signup, 'form')
    await tracker.run(checkout, async (inside) => {
      trace.getTracer('host').startSpan('first').end()
      await Promise.resolve()
      inside(() => trace.getTracer('host').startSpan('second').end())
    })
    await tracker.flush()
    for (const name of ['first', 'second']) {
      const [span] = await sink.spans(name)
      expect(span!.attributes['throughline.journey.name']).toBe('checkout')
    }
  })

  it('ends after a thousand spans of a visit, which are still stamped', async () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint })
    tracker.enter(checkout, 'cart')
    const { traceId } = tracker.current()!.span!
    const traces = Array.from({ length: 1010 }, () => {
      const span = trace.getTracer('host').startSpan('work')
      expect((span as unknown as { attributes: object }).attributes).toMatchObject({
        'throughline.step.name': 'cart',
      })
      return span.spanContext().traceId
    })
    expect(traces[900]).toBe(traceId)
    expect(traces[1009]).not.toBe(traceId)
    tracker.enter(checkout, 'payment')
    expect(trace.getTracer('host').startSpan('work').spanContext().traceId).toBe(
      tracker.current()!.span!.traceId,
    )
  })
})
