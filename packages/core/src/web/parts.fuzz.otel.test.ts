import type { Span } from '@opentelemetry/api'
import { context, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-base'
import fc from 'fast-check'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import { hostile } from '../hostile'
import { journeyFeatureHook } from '../openfeature'
import { checkout, trackerAt } from '../testing'
import { installedParts, throughlineParts } from './parts'
import { failureOf } from './requests'
import { recordJourney } from './spans'

// What a host passes to OpenTelemetry passes through the parts: what does no harm without them does none with them.
const { tracker } = trackerAt(1_780_000_000_000)
const { contextManager, propagator, ...parts } = throughlineParts({
  tracker,
  endpoint: 'http://127.0.0.1:9',
  propagateTo: [/./],
})
const ours = new BasicTracerProvider(parts)
const plain = new BasicTracerProvider()
const stop = recordJourney(tracker, ours)
// As a page does.
installedParts(tracker)!.onEnd = failureOf

beforeAll(() => {
  context.setGlobalContextManager(contextManager)
  propagation.setGlobalPropagator(propagator)
})
afterAll(() => {
  stop()
  context.disable()
  propagation.disable()
})

const KEYS = ['url.full', 'http.url', 'error.type', 'http.request.method', 'throughline.run.id', 'other']
const attributes = fc.dictionary(fc.constantFrom(...KEYS), hostile, { maxKeys: 3 })

/** What a call throws, if it does. */
function thrown(fn: () => unknown): unknown {
  try {
    fn()
    return undefined
  } catch (error) {
    return `${(error as Error)?.message}`
  }
}

const URLS = [undefined, 'https://a.example/p', '/relative', 'http://[', '']
const CARRIERS = [
  undefined,
  null,
  {},
  [],
  'text',
  { get: 'none' },
  { baggage: 'a=b' },
  new Headers({ baggage: 'a=b' }),
]

function work(provider: BasicTracerProvider, name: unknown, kind: number, given: object, value: unknown) {
  const span: Span = provider
    .getTracer('host')
    .startSpan(name as string, { kind, attributes: given as never })
  span.setAttribute('url.full', value as string)
  span.addEvent('event', given as never)
  span.end()
}

it('hostile spans do no harm with the parts that they do not do without', () => {
  tracker.enter(checkout, 'cart')
  fc.assert(
    fc.property(
      fc.oneof(fc.string(), hostile),
      fc.nat({ max: 4 }),
      attributes,
      hostile,
      (name, kind, given, value) => {
        const without = thrown(() => work(plain, name, kind, given, value))
        if (without === undefined) expect(thrown(() => work(ours, name, kind, given, value))).toBeUndefined()
      },
    ),
    { numRuns: 20_000 },
  )
})

it('carriers of any kind do no harm', () => {
  const before = ours.getTracer('host')
  for (const url of URLS)
    for (const carrier of CARRIERS) {
      const span = before.startSpan('GET', url === undefined ? {} : { attributes: { 'url.full': url } })
      const within = trace.setSpan(ROOT_CONTEXT, span)
      const set = vi.fn()
      expect(thrown(() => propagation.inject(within, carrier, { set }))).toBeUndefined()
      expect(set.mock.calls.map(([, key]) => key).includes('baggage')).toBe(url === 'https://a.example/p')
    }
})

it('hostile flags do no harm', () => {
  const hook = journeyFeatureHook(tracker)
  fc.assert(
    fc.property(fc.array(hostile, { maxLength: 2 }), hostile, hostile, (args, variant, value) => {
      const call = (...args: unknown[]) => thrown(() => (hook.after as (...args: unknown[]) => void)(...args))
      expect(call(...args)).toBeUndefined()
      expect(call({ flagKey: 'one-page-payment' }, { variant, value })).toBeUndefined()
      expect(call({ flagKey: 'one-page-payment' }, { value })).toBeUndefined()
    }),
    { numRuns: 20_000 },
  )
})
