import { ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { afterEach, expect, test, vi } from 'vitest'
import { checkout } from '../testing'
import { createTracker } from '../tracker'
import { baseUrl, isOpaque, ownOrigin } from './address'
import { listedOrigins } from './origins'
import { journeyPropagator } from './propagator'

afterEach(() => vi.unstubAllGlobals())

const frame = (origin: string, href: string) => {
  vi.stubGlobal('origin', origin)
  // Of a sandboxed frame, this is its server's.
  vi.stubGlobal('location', { href, origin: 'https://shop.example' })
  vi.stubGlobal('document', { baseURI: 'https://shop.example/cart' })
}

function headersTo(url: string) {
  const tracker = createTracker({ journeys: [checkout] })
  tracker.enter(checkout, 'cart')
  const isListed = listedOrigins(['https://api.example.com'])
  const { inject } = journeyPropagator(
    tracker,
    () => true,
    isListed,
    () => {},
  )
  const spanContext = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: 1 }
  const span = Object.assign(trace.wrapSpanContext(spanContext), { attributes: { 'url.full': url } })
  const headers: Record<string, string> = {}
  inject(trace.setSpan(ROOT_CONTEXT, span), headers, { set: (to, key, value) => (to[key] = value) })
  return Object.keys(headers)
}

test('a frame with `srcdoc` has the address and the origin of the page around it', () => {
  frame('https://shop.example', 'about:srcdoc')
  expect(baseUrl()).toBe('https://shop.example/cart')
  expect([isOpaque(), ownOrigin()]).toEqual([false, 'https://shop.example'])
  expect(headersTo('https://shop.example/api')).toEqual(['traceparent', 'baggage'])
})

test('requests of a sandboxed frame get no header of ours, which its server would have to allow', () => {
  frame('null', 'https://shop.example/frame')
  expect(baseUrl()).toBe('https://shop.example/frame')
  expect([isOpaque(), ownOrigin()]).toEqual([true, ''])
  expect(headersTo('https://shop.example/api')).toEqual([])
  // One that was listed allows them.
  expect(headersTo('https://api.example.com/pay')).toEqual(['traceparent', 'baggage'])
})
