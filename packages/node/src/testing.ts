import { randomBytes } from 'node:crypto'
import type { RequestListener } from 'node:http'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { context, propagation, SpanKind, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import type { Hypothesis, Journey } from '@throughline/core'
import { defineHypothesis, defineJourney, uuidv7 } from '@throughline/core'
import { journeyProcessors } from './processors'
import type { PropagatorOptions } from './propagator'
import { journeyPropagator } from './propagator'

export const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['product', 'cart', { name: 'shipping', optional: true }, 'payment', 'confirmation'],
  converts: 'confirmation',
})

export const signup = defineJourney('signup', {
  version: '2',
  steps: ['form', 'welcome'],
  converts: 'welcome',
})

export const onePage = defineHypothesis('one-page-payment', {
  statement: 'Payment on one page lets more people finish checkout',
  journey: checkout,
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: 0.1 },
})

export const definitions: { journeys: readonly Journey[]; hypotheses: readonly Hypothesis[] } = {
  journeys: [checkout, signup],
  hypotheses: [onePage],
}

export const runId = (time = Date.now()): string => uuidv7(time, randomBytes)

/** The id of the visit that `members` and `stampOf` are about. */
export const VISIT = '9f2c3577b34da6a3ce929d0e0e47364b'

/** The members that a browser on the payment step sends. */
export const members = (run: string, change: Record<string, string> = {}): Record<string, string> => ({
  'throughline.journey.name': 'checkout',
  'throughline.journey.version': '1',
  'throughline.run.id': run,
  'throughline.step.name': 'payment',
  'throughline.step.index': '3',
  'throughline.step.attempt': '2',
  'throughline.visit.id': VISIT,
  'throughline.visit.index': '4',
  'throughline.hypothesis.one-page-payment': 'one-page',
  ...change,
})

/**
 * As `members`, of a browser that sends version 1 of the contract: visits have no identity, and active runs no
 * version.
 */
export function membersOf1(run: string, change: Record<string, string> = {}): Record<string, string> {
  const { 'throughline.visit.id': _id, 'throughline.visit.index': _index, ...rest } = members(run, change)
  return rest
}

/** Members as a `baggage` header. */
export const header = (all: Record<string, string>): string =>
  Object.entries(all)
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(value)}`)
    .join(',')

/** The stamp of `members`. */
export const stampOf = (run: string) => ({
  'throughline.journey.name': 'checkout',
  'throughline.journey.version': '1',
  'throughline.run.id': run,
  'throughline.step.name': 'payment',
  'throughline.step.index': 3,
  'throughline.step.attempt': 2,
  'throughline.visit.id': VISIT,
  'throughline.visit.index': 4,
  'throughline.hypothesis.one-page-payment': 'one-page',
})

/** What propagates by default. */
export const w3c = () =>
  new CompositePropagator({ propagators: [new W3CTraceContextPropagator(), new W3CBaggagePropagator()] })

/** The headers that an instrumented client sends to a URL from here. */
export function headersTo(url: string): Record<string, string> {
  const attributes = { 'url.full': url, 'server.address': new URL(url).hostname }
  const span = trace.getTracer('client').startSpan('GET', { kind: SpanKind.CLIENT, attributes })
  const headers = {}
  propagation.inject(trace.setSpan(context.active(), span), headers)
  span.end()
  return headers
}

/** OpenTelemetry as a Node application has it, with spans kept in memory. */
export function startOpenTelemetry(options?: PropagatorOptions): {
  spans(name?: string): ReadableSpan[]
  stop(): void
} {
  const exporter = new InMemorySpanExporter()
  const { sampler, spanProcessor } = journeyProcessors(definitions)
  const provider = new BasicTracerProvider({
    sampler,
    spanProcessors: [spanProcessor, new SimpleSpanProcessor(exporter)],
  })
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
  trace.setGlobalTracerProvider(provider)
  propagation.setGlobalPropagator(journeyPropagator(w3c(), options))
  return {
    spans: (name) => exporter.getFinishedSpans().filter((span) => !name || span.name === name),
    stop() {
      for (const api of [context, trace, propagation]) api.disable()
    },
  }
}

/** Serves on loopback while `use` runs. */
export async function serving<T>(listener: RequestListener, use: (url: string) => Promise<T>): Promise<T> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  try {
    return await use(`http://127.0.0.1:${(server.address() as AddressInfo).port}`)
  } finally {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  }
}
