import type { Server } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import type { ReadableSpan, Sampler, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkout, memoryStorage, onePage, signup, trackerAt } from '../testing'
import type { TrackerOptions } from '../tracker-types'
import type { PartsOptions } from './parts'
import { installedParts, throughlineParts } from './parts'
import { recordJourney } from './spans'

// Runs twice: on OpenTelemetry JS 2.x and on 3.x (vitest.otel-3.config.ts). No DOM here: a simulated visitor is made
// like this.

const T = Date.UTC(2026, 5, 1)

function visitor(options: Partial<PartsOptions> = {}, more: Partial<TrackerOptions> = {}) {
  const visit = trackerAt(T, more)
  const exporter = new InMemorySpanExporter()
  const parts = throughlineParts({ tracker: visit.tracker, ...options })
  const provider = new BasicTracerProvider({
    sampler: parts.sampler as Sampler,
    spanProcessors: [...(parts.spanProcessors as SpanProcessor[]), new SimpleSpanProcessor(exporter)],
  })
  const stop = recordJourney(visit.tracker, provider)
  const spans = () => exporter.getFinishedSpans() as ReadableSpan[]
  return { ...visit, parts, provider, spans, stop }
}

const ms = ([seconds, nanos]: [number, number]) => seconds * 1000 + nanos / 1e6

describe('recordJourney', () => {
  it('makes one trace of each visit, with the times that the tracker gave', () => {
    const { clock, tracker, spans } = visitor()
    tracker.enter(checkout, 'cart')
    clock.now += 1500.25
    tracker.enter(checkout, 'payment')
    const [enter, leave, next] = spans()
    expect(ms(enter!.startTime)).toBe(T)
    expect(enter!.duration).toEqual([0, 0])
    expect(ms(leave!.startTime)).toBe(T)
    expect(ms(leave!.endTime)).toBeCloseTo(T + 1500.25, 3)
    expect(leave!.parentSpanContext!.spanId).toBe(enter!.spanContext().spanId)
    expect(enter!.parentSpanContext).toBeUndefined()
    expect(next!.links[0]!.context.spanId).toBe(enter!.spanContext().spanId)
    expect(next!.spanContext().traceId).not.toBe(enter!.spanContext().traceId)
  })

  it('gives the visit its span before the tracker stores it, so that a reload stays in the trace', () => {
    const { tracker, spans } = visitor()
    tracker.enter(checkout, 'cart')
    const { traceId, spanId } = spans()[0]!.spanContext()
    expect(tracker.current()!.span).toEqual({ traceId, spanId, traceFlags: 1 })
  })

  it('keeps the ambient visit off events about no visit, and off those about another', () => {
    const { clock, tracker, spans } = visitor()
    tracker.enter(checkout, 'cart')
    const cart = tracker.current()!
    clock.now += 1000
    tracker.enter(checkout, 'payment')
    tracker.record('exception', {}, { visit: null })
    tracker.record('browser.web_vital', {}, { visit: cart })
    const [none, vital] = spans().slice(-2)
    expect(none!.attributes['throughline.step.name']).toBeUndefined()
    expect(vital!.attributes['throughline.step.name']).toBe('cart')
    expect(vital!.spanContext().traceId).toBe(cart.span!.traceId)
  })

  it('neither continues nor links a trace that somebody made up in storage', () => {
    const storage = memoryStorage()
    trackerAt(T, { storage }).tracker.enter(checkout, 'cart')
    const state = JSON.parse(storage.getItem('throughline')!)
    state.runs[0].visit.span = { traceId: 'jane@example.com', spanId: 'b'.repeat(16), traceFlags: 1 }
    storage.setItem('throughline', JSON.stringify(state))
    const { tracker, spans } = visitor({}, { storage })
    tracker.enter(checkout, 'payment')
    expect(spans().map(({ name }) => name)).toEqual(['throughline.step.leave', 'throughline.step.enter'])
    const sent = spans().map((span) => [span.spanContext(), span.parentSpanContext, span.links])
    expect(JSON.stringify(sent)).not.toContain('jane')
  })

  it('stops', () => {
    const { tracker, spans, stop } = visitor()
    stop()
    tracker.enter(checkout, 'cart')
    expect(spans()).toEqual([])
  })
})

describe('throughlineParts', () => {
  afterEach(() => {
    vi.unstubAllGlobals()
    context.disable()
    propagation.disable()
  })

  it('make other spans children of the visit, sampled by run', () => {
    const { tracker, parts, provider, spans } = visitor({ ratio: 0 })
    context.setGlobalContextManager(parts.contextManager.enable())
    tracker.enter(checkout, 'cart')
    provider.getTracer('host').startSpan('GET').end()
    tracker.ready()
    expect(spans().map(({ name }) => name)).toEqual(['throughline.step.enter', 'throughline.step.ready'])
    const kept = visitor({ ratio: 0 })
    context.disable()
    context.setGlobalContextManager(kept.parts.contextManager.enable())
    kept.tracker.enter(checkout, 'cart')
    // What propagates without a span of its own says what the sampler would.
    const flags = () => trace.getSpanContext(context.active())!.traceFlags
    expect(flags()).toBe(0)
    expect(kept.spans().at(-1)!.spanContext().traceFlags).toBe(1)
    kept.tracker.assign(onePage, 'one-page')
    kept.tracker.enter(checkout, 'payment')
    expect(flags()).toBe(1)
    const before = kept.spans().length - 1
    kept.provider.getTracer('host').startSpan('GET').end()
    const [enter, get] = kept.spans().slice(before)
    expect(get!.parentSpanContext!.spanId).toBe(enter!.spanContext().spanId)
    expect(get!.attributes['throughline.hypothesis.one-page-payment']).toBe('one-page')
  })

  it('cap the trace of a visit, whatever comes between: another journey, or a reload', () => {
    const storage = memoryStorage()
    const traces = () => {
      const { tracker, parts, provider, spans } = visitor({}, { storage })
      context.disable()
      context.setGlobalContextManager(parts.contextManager.enable())
      for (let round = 0; round < 3; round++) {
        tracker.enter(checkout, 'cart')
        for (let i = 0; i < 400; i++) provider.getTracer('host').startSpan('GET').end()
        tracker.enter(signup, 'form')
        tracker.leave(signup)
      }
      const { traceId } = tracker.current()!.span!
      return spans().filter((span) => span.name === 'GET' && span.spanContext().traceId === traceId).length
    }
    expect(traces()).toBe(999)
    expect(traces()).toBe(0)
  })

  it('propagate the journey to the origins that they are given', () => {
    const { tracker, parts, provider } = visitor({ propagateTo: ['http://shop.test'] })
    tracker.enter(checkout, 'cart')
    const sentTo = (url: string) => {
      const within = parts.contextManager.active()
      const span = provider.getTracer('host').startSpan('GET', { attributes: { 'url.full': url } }, within)
      const carrier: Record<string, string> = {}
      parts.propagator.inject(trace.setSpan(within, span), carrier, {
        set: (to: Record<string, string>, key, value) => {
          to[key] = value
        },
      })
      return { carrier, span }
    }
    const { carrier, span } = sentTo('http://shop.test/orders')
    expect(carrier.traceparent).toBe(`00-${span.spanContext().traceId}-${span.spanContext().spanId}-01`)
    expect(carrier.tracestate).toContain('ot=th:0')
    expect(carrier.baggage).toContain('throughline.step.name=cart')
    expect(carrier.tracestate).toContain(';rv:')
    const other = sentTo('http://other.test/').carrier
    expect(other.baggage).toBeUndefined()
    // Its randomness are digits of the run id.
    expect(other.tracestate).toBe('ot=th:0')
  })

  it.each([
    ['http://shop.test', true],
    [undefined, false],
    [null, false],
  ])('may be given one origin, or none: %s', (propagateTo, isTrusted) => {
    const { tracker, parts, provider } = visitor({ propagateTo: propagateTo as never })
    tracker.enter(checkout, 'cart')
    const span = provider
      .getTracer('host')
      .startSpan('GET', { attributes: { 'url.full': 'http://shop.test/' } })
    const set = vi.fn()
    parts.propagator.inject(trace.setSpan(parts.contextManager.active(), span), {}, { set })
    expect(set.mock.calls.map(([, key]) => key).includes('baggage')).toBe(isTrusted)
  })

  it.each([10, -1, Number.NaN, '10%'])('say that a share of %s is none', (ratio) =>
    expect(() => visitor({ ratio: ratio as never })).toThrow(/from 0 to 1/),
  )

  it.each([10, '10%'])('take a share of %s for 1 in production, lest tracestate hold nonsense', (ratio) => {
    vi.stubGlobal('__DEV__', false)
    const { tracker, parts } = visitor({ ratio: ratio as never })
    tracker.enter(checkout, 'cart')
    const answer = parts.sampler.shouldSample(parts.contextManager.active(), '', 'GET', 0, {}, [])
    expect(answer.traceState!.get('ot')).toMatch(/^th:0;rv:/)
  })

  it('leave requests to their own endpoint alone at every stop, whoever has sampled them', async () => {
    const url = 'http://collector.test/v1/traces'
    const sent: string[] = []
    const send = async (request: string) => {
      sent.push(request)
      return { status: 'taken' } as const
    }
    const { tracker, parts } = visitor({ endpoint: { url, send } })
    const installed = installedParts(tracker)!
    const told = vi.fn()
    installed.onEnd = told
    const attributes = { 'url.full': url }
    expect(parts.sampler.shouldSample(ROOT_CONTEXT, '', 'POST', 2, attributes, []).decision).toBe(0)
    const tracer = new BasicTracerProvider({ spanProcessors: parts.spanProcessors }).getTracer('host')
    tracer.startSpan('POST', { kind: 2, attributes }).end()
    tracer.startSpan('GET', { kind: 2, attributes: { 'url.full': 'http://shop.test/' } }).end()
    expect(told).toHaveBeenCalledTimes(1)
    await installed.delivery!.flush()
    expect(sent.join().match(/"name":"(GET|POST)"/g)).toEqual(['"name":"GET"'])
  })

  it('deliver by themselves when they are given an endpoint, but never spans about it', async () => {
    const bodies: string[] = []
    const server: Server = createServer((request, response) => {
      let body = ''
      request.on('data', (chunk) => {
        body += chunk
      })
      request.on('end', () => {
        bodies.push(body)
        response.end('{}')
      })
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    try {
      const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}/otlp`
      const { tracker, provider } = visitor({ endpoint })
      tracker.enter(checkout, 'cart')
      const attributes = {
        'url.full': 'http://shop.test/a?b=c',
        list: ['x', 'y'],
        ratio: 0.5,
        count: 3,
        yes: true,
      }
      const span = provider.getTracer('host', '1.2').startSpan('GET', { kind: 2, attributes })
      span.addEvent('sent', { bytes: 10 }, [1, 5])
      span.setStatus({ code: 2, message: 'down' })
      span.end()
      provider
        .getTracer('host')
        .startSpan('POST', { attributes: { 'url.full': `${endpoint}/v1/traces` } })
        .end()
      await provider.forceFlush()
      const sent = bodies.flatMap((body) => JSON.parse(body).resourceSpans)
      const spans = sent.flatMap(({ scopeSpans }) => scopeSpans[0].spans)
      expect(spans.map(({ name }) => name)).toEqual(['throughline.step.enter', 'GET'])
      expect(sent[1].scopeSpans[0].scope).toEqual({ name: 'host', version: '1.2' })
      expect(spans[1]).toMatchObject({
        kind: 3,
        status: { code: 2, message: 'down' },
        events: [
          {
            name: 'sent',
            timeUnixNano: '1000000005',
            attributes: [{ key: 'bytes', value: { intValue: 10 } }],
          },
        ],
      })
      expect(spans[1].attributes).toEqual(
        expect.arrayContaining([
          { key: 'url.full', value: { stringValue: 'http://shop.test/a' } },
          { key: 'list', value: { arrayValue: { values: [{ stringValue: 'x' }, { stringValue: 'y' }] } } },
          { key: 'ratio', value: { doubleValue: 0.5 } },
          { key: 'count', value: { intValue: 3 } },
          { key: 'yes', value: { boolValue: true } },
        ]),
      )
      const [enter] = spans
      expect(enter.startTimeUnixNano).toBe(`${T}000000`)
      expect(enter.traceState).toMatch(/^ot=th:0;rv:/)
    } finally {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    }
  })
})
