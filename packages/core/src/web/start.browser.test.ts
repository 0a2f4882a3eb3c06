import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { afterEach, describe, expect, it } from 'vitest'
import { checkout, onePage } from '../testing'
import { createSink, start, stopAll } from './testing'

afterEach(stopAll)

describe('startThroughline', () => {
  it('sends each event of a visit as a span with the context of its visit, in one trace', async () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint, resource: { 'service.version': '7' } })
    tracker.assign(onePage, 'one-page')
    tracker.enter(checkout, 'cart')
    tracker.ready()
    tracker.enter(checkout, 'payment')
    await tracker.flush()
    const spans = await sink.spans()
    const [enter, ready, leave, next] = spans.filter(({ name }) => name.startsWith('throughline.step'))
    expect([enter, ready, leave, next].map((span) => span?.name)).toEqual([
      'throughline.step.enter',
      'throughline.step.ready',
      'throughline.step.leave',
      'throughline.step.enter',
    ])
    expect(enter!.parentSpanId).toBeUndefined()
    expect(ready).toMatchObject({ traceId: enter!.traceId, parentSpanId: enter!.spanId })
    expect(leave).toMatchObject({ traceId: enter!.traceId, parentSpanId: enter!.spanId })
    expect(leave!.startTimeUnixNano).toBe(enter!.startTimeUnixNano)
    expect(leave!.endTimeUnixNano).toBe(next!.startTimeUnixNano)
    expect(next!.links).toMatchObject([{ traceId: enter!.traceId, spanId: enter!.spanId }])
    expect(next!.traceId).not.toBe(enter!.traceId)
    expect(leave!.attributes).toMatchObject({
      'throughline.journey.name': 'checkout',
      'throughline.step.name': 'cart',
      'throughline.step.outcome': 'completed',
      'throughline.event.source': 'browser',
      'throughline.hypothesis.one-page-payment': 'one-page',
    })
    expect(enter!.resource).toMatchObject({ 'service.name': 'test-web', 'service.version': '7' })
    expect(enter!.resource['session.id']).toMatch(/^[\da-f]{32}$/)
  })

  it('puts an instrumented fetch into the visit and leaves requests to the endpoint alone', async () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint, instrumentations: [new FetchInstrumentation()] })
    tracker.enter(checkout, 'cart')
    await tracker.flush()
    const headers = await (await fetch(`${sink.endpoint}/api/order?card=4242`)).json()
    await new Promise((resolve) => setTimeout(resolve, 400))
    await tracker.flush()
    await tracker.flush()
    const [enter] = await sink.spans('throughline.step.enter')
    const calls = await sink.spans('GET')
    expect(calls).toHaveLength(1)
    expect(calls[0]).toMatchObject({ traceId: enter!.traceId, parentSpanId: enter!.spanId })
    expect(calls[0]!.attributes['url.full']).toBe(`${location.origin}/sink/:id/api/order`)
    expect(calls[0]!.attributes['throughline.step.name']).toBe('cart')
    expect(headers.traceparent).toBe(`00-${enter!.traceId}-${calls[0]!.spanId}-01`)
    expect(headers.baggage).toContain('throughline.step.name=cart')
    expect(await sink.spans('POST')).toEqual([])
  })

  it('records uncaught errors and rejections on the step where they happened', async () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint })
    tracker.enter(checkout, 'payment')
    // Reported as the browser would, without failing the test run.
    dispatchEvent(new ErrorEvent('error', { error: new RangeError('too much: 17'), cancelable: true }))
    await tracker.flush()
    const [error] = await sink.spans('exception')
    expect(error!.attributes).toMatchObject({
      'exception.type': 'RangeError',
      'exception.message': 'too much: 17',
      'throughline.step.name': 'payment',
      'throughline.error.handled': false,
    })
  })
})
