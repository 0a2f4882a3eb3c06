import type { RequestListener } from 'node:http'
import { context, diag, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import express from 'express'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { throughline } from './express'
import { withJourney } from './http'
import { journeyProcessors } from './processors'
import { getJourney } from './request-journey'
import {
  checkout,
  definitions,
  header,
  members,
  onePage,
  runId,
  serving,
  startOpenTelemetry,
} from './testing'

// The host is sacred: whatever is broken in or around the library, requests are answered as if it were not there.

const errors = vi.fn()
const rejections = vi.fn()
beforeEach(() => {
  const quiet = () => {}
  diag.setLogger({ error: errors, warn: quiet, info: quiet, debug: quiet, verbose: quiet })
  process.on('unhandledRejection', rejections)
})
afterEach(() => {
  for (const api of [context, trace, propagation, diag]) api.disable()
  process.off('unhandledRejection', rejections)
  errors.mockReset()
  expect(rejections).not.toHaveBeenCalled()
})

/** Does everything that the library can do in a request, then answers. */
function everything() {
  const journey = getJourney()
  journey?.enter(checkout, 'confirmation')
  journey?.expose(onePage, 'control')
  journey?.convert(checkout, { value: 1, currency: 'EUR', key: runId() })
  journey?.fail(checkout)
  trace.getTracer('app').startSpan('query').end()
  return journey ? 'with a journey' : 'without'
}

const ask = (listener: RequestListener) =>
  serving(listener, async (url) => {
    const response = await fetch(url, { headers: { baggage: header(members(runId())) } })
    return { status: response.status, text: await response.text() }
  })

const boom = () => {
  throw new Error('boom')
}

const listeners = {
  express(subject?: () => string) {
    const app = express()
    app.use(throughline({ ...definitions, ...(subject && { subject }) }))
    app.get('/', (_req, res) => void res.send(everything()))
    return app
  },
  http: (subject?: () => string) =>
    withJourney({ ...definitions, ...(subject && { subject }) }, (_req, res) => void res.end(everything())),
}

describe.each(Object.entries(listeners))('%s answers', (_, listener) => {
  it('without any SDK', async () => {
    expect(await ask(listener())).toEqual({ status: 200, text: 'without' })
    expect(errors).not.toHaveBeenCalled()
  })

  it.each<[string, () => string]>([
    ['throws', boom],
    ['rejects', () => Promise.reject(new Error('boom')) as never],
    ['answers an object', () => ({}) as never],
  ])('when the subject option %s', async (_, subject) => {
    const otel = startOpenTelemetry()
    expect(await ask(listener(subject))).toEqual({ status: 200, text: 'with a journey' })
    const outcomes = otel.spans('throughline.run.end')
    expect(outcomes).toHaveLength(2)
    for (const { attributes } of outcomes) expect(attributes).not.toHaveProperty('throughline.subject.id')
  })

  it('when the tracer provider throws', async () => {
    startOpenTelemetry()
    trace.disable()
    let app = false
    trace.setGlobalTracerProvider({
      getTracer: (name) => ({
        startSpan: () => (name === 'app' ? trace.wrapSpanContext(NO_SPAN) : boom()),
        startActiveSpan: boom,
      }),
    })
    app = (await ask(listener())).text === 'with a journey'
    expect(app).toBe(true)
    expect(errors).toHaveBeenCalled()
  })

  it('when the propagator throws', async () => {
    startOpenTelemetry()
    propagation.disable()
    propagation.setGlobalPropagator({ inject: boom, extract: boom, fields: () => [] })
    expect((await ask(listener())).status).toBe(200)
    expect(errors).toHaveBeenCalled()
  })

  it('when the context manager throws, before or after the handler ran', async () => {
    for (const after of [false, true]) {
      context.disable()
      const manager = new AsyncLocalStorageContextManager().enable()
      manager.with = (_context, fn, self, ...args) => {
        if (after) fn.call(self as never, ...args)
        return boom()
      }
      context.setGlobalContextManager(manager)
      const [answer, ran] = await counting(listener())
      expect(answer.text).toBe('without')
      expect(ran).toBe(1)
    }
  })
})

const NO_SPAN = { traceId: '0'.repeat(32), spanId: '0'.repeat(16), traceFlags: 0 }

async function counting(listener: RequestListener) {
  let ran = 0
  const answer = await ask((req, res) => {
    const end = res.end.bind(res) as (...args: unknown[]) => typeof res
    res.end = (...args: unknown[]) => {
      ran++
      return end(...args)
    }
    listener(req, res)
  })
  return [answer, ran] as const
}

describe('what the host throws', () => {
  it('reaches the host', async () => {
    startOpenTelemetry()
    const listener = withJourney(definitions, boom)
    expect(() => listener({ headers: {} } as never, {} as never)).toThrow('boom')
    await expect(
      withJourney(definitions, async () => boom())({ headers: {} } as never, {} as never),
    ).rejects.toThrow('boom')
  })
})

describe('processors', () => {
  it('survive a baggage and a context that are broken', () => {
    const { spanProcessor, logRecordProcessor } = journeyProcessors(definitions)
    const target = { setAttributes: vi.fn() }
    const baggage = { getAllEntries: boom } as never
    spanProcessor.onStart(target, propagation.setBaggage(ROOT_CONTEXT, baggage))
    spanProcessor.onStart(target, propagation.setBaggage(ROOT_CONTEXT, 7 as never))
    logRecordProcessor.onEmit(
      target,
      propagation.setBaggage(ROOT_CONTEXT, { getAllEntries: () => [[]] } as never),
    )
    expect(target.setAttributes).not.toHaveBeenCalled()
    expect(errors).toHaveBeenCalled()
  })
})

describe('set-up', () => {
  it.each<[string, () => unknown, RegExp]>([
    ['no options', () => throughline(undefined as never), /journeys: \[checkout/],
    ['no journeys', () => withJourney({ journeys: [] }, boom), /journeys: \[checkout/],
    ['a name for a journey', () => journeyProcessors({ journeys: ['checkout'] as never }), /defineJourney/],
    [
      'a journey for a hypothesis',
      () => throughline({ journeys: [checkout], hypotheses: [checkout] as never }),
      /defineHypothesis/,
    ],
    [
      'a hypothesis about a journey that is not there',
      () => throughline({ journeys: [definitions.journeys[1]!], hypotheses: [onePage] }),
      /add that journey/,
    ],
  ])('refuses %s with what to change', (_, setUp, message) => expect(setUp).toThrow(message))
})
