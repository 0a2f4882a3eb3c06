import {
  context,
  createTraceState,
  propagation,
  ROOT_CONTEXT,
  SpanKind,
  TraceFlags,
  trace,
} from '@opentelemetry/api'
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks'
import { InMemoryLogRecordExporter, LoggerProvider, SimpleLogRecordProcessor } from '@opentelemetry/sdk-logs'
import type { Sampler, SpanProcessor } from '@opentelemetry/sdk-trace-base'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import { describe, expect, it } from 'vitest'
import { setVisit } from './context'
import { journeySampler, threshold } from './sampler'
import { journeyLogProcessor, journeySpanProcessor } from './span-processor'
import { checkout, onePage, signup, trackerAt } from './testing'
import type { Tracker } from './tracker-types'

// Runs twice: on OpenTelemetry JS 2.x and on 3.x (vitest.otel-3.config.ts).

function providerFor(tracker: Tracker, sampler?: Sampler) {
  const exporter = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({
    ...(sampler && { sampler }),
    spanProcessors: [journeySpanProcessor(tracker) as SpanProcessor, new SimpleSpanProcessor(exporter)],
  })
  return { tracer: provider.getTracer('test'), exporter }
}

const T = Date.UTC(2026, 5, 1)

describe('stamping', () => {
  it('puts the journey in force at its start on every span, and leaves spans outside of runs alone', () => {
    const { tracker } = trackerAt(T)
    const { tracer, exporter } = providerFor(tracker)
    tracer.startSpan('before').end()
    tracker.assign(onePage, 'one-page')
    tracker.enter(checkout, 'cart')
    const slow = tracer.startSpan('started in cart')
    tracker.enter(checkout, 'payment')
    slow.end()
    const [before, inCart] = exporter.getFinishedSpans()
    expect(before!.attributes).toEqual({})
    expect(inCart!.attributes).toEqual({
      'throughline.journey.name': 'checkout',
      'throughline.journey.version': '1',
      'throughline.run.id': tracker.current()!.run,
      'throughline.step.name': 'cart',
      'throughline.step.index': 1,
      'throughline.step.attempt': 1,
      'throughline.visit.id': expect.stringMatching(/^[\da-f]{32}$/),
      'throughline.visit.index': 1,
      'throughline.hypothesis.one-page-payment': 'one-page',
    })
  })

  it('an explicit visit goes before the ambient one', () => {
    const { tracker } = trackerAt(T)
    const { tracer, exporter } = providerFor(tracker)
    tracker.enter(checkout, 'cart')
    const outer = tracker.current()!
    outer.span = { traceId: 'a'.repeat(32), spanId: 'b'.repeat(16), traceFlags: TraceFlags.SAMPLED }
    tracker.enter(signup, 'form')
    tracer.startSpan('outer', {}, setVisit(ROOT_CONTEXT, outer)).end()
    tracer.startSpan('ambient').end()
    const [first, second] = exporter.getFinishedSpans()
    expect(first!.attributes['throughline.journey.name']).toBe('checkout')
    expect(first!.spanContext().traceId).toBe('a'.repeat(32))
    expect(second!.attributes['throughline.journey.name']).toBe('signup')
  })

  it('work inside of run() belongs to its journey across await, where the platform carries it', async () => {
    const { tracker } = trackerAt(T)
    const { tracer, exporter } = providerFor(tracker)
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable())
    try {
      tracker.enter(checkout, 'cart')
      tracker.enter(signup, 'form')
      await tracker.run(checkout, async () => {
        await new Promise((resolve) => setTimeout(resolve))
        tracer.startSpan('inside').end()
      })
      tracer.startSpan('outside').end()
    } finally {
      context.disable()
    }
    expect(
      exporter
        .getFinishedSpans()
        .map(({ name, attributes }) => [name, attributes['throughline.journey.name']]),
    ).toEqual([
      ['inside', 'checkout'],
      ['outside', 'signup'],
    ])
  })

  it('stamps log records', () => {
    const { tracker } = trackerAt(T)
    const exporter = new InMemoryLogRecordExporter()
    const provider = new LoggerProvider({
      processors: [journeyLogProcessor(tracker), new SimpleLogRecordProcessor({ exporter })],
    })
    tracker.enter(checkout, 'cart')
    provider.getLogger('test').emit({ body: 'hello' })
    expect(exporter.getFinishedLogRecords()[0]!.attributes).toMatchObject({ 'throughline.step.name': 'cart' })
  })
})

describe('sampling', () => {
  const parents = {
    none: ROOT_CONTEXT,
    'local sampled': parent(TraceFlags.SAMPLED, false),
    'local not sampled': parent(TraceFlags.NONE, false),
    'remote sampled': parent(TraceFlags.SAMPLED, true),
    'remote not sampled': parent(TraceFlags.NONE, true),
  }
  function parent(traceFlags: TraceFlags, isRemote: boolean) {
    return trace.setSpanContext(ROOT_CONTEXT, {
      traceId: '1'.repeat(32),
      spanId: '2'.repeat(16),
      traceFlags,
      isRemote,
    })
  }

  for (const [name, within] of Object.entries(parents))
    it(`with a parent that is ${name}: events always, other spans by the run's decision`, () => {
      const { tracker } = trackerAt(T)
      tracker.enter(checkout, 'cart')
      for (const ratio of [0, 1]) {
        const { tracer, exporter } = providerFor(tracker, journeySampler(tracker, { ratio }))
        for (const span of ['throughline.step.enter', 'browser.web_vital', 'exception', 'GET'])
          tracer.startSpan(span, {}, within).end()
        const names = exporter.getFinishedSpans().map((span) => span.name)
        expect(names).toEqual(
          ['throughline.step.enter', 'browser.web_vital', 'exception', 'GET'].slice(0, ratio ? 4 : 3),
        )
      }
    })

  it('keeps about the share of runs that it was asked for, the same spans at a lower share being a subset', () => {
    const { tracker, clock } = trackerAt(T)
    const half = journeySampler(tracker, { ratio: 0.5 })
    const tenth = journeySampler(tracker, { ratio: 0.1 })
    const kept = { half: 0, tenth: 0 }
    for (let i = 0; i < 2000; i++) {
      clock.now += 3_600_000
      tracker.enter(checkout, 'cart')
      const ask = (sampler: typeof half) =>
        sampler.shouldSample(ROOT_CONTEXT, '1'.repeat(32), 'GET', SpanKind.CLIENT, {}, []).decision === 2
      const inHalf = ask(half)
      const inTenth = ask(tenth)
      expect(inTenth && !inHalf).toBe(false)
      kept.half += Number(inHalf)
      kept.tenth += Number(inTenth)
    }
    expect(kept.half).toBeGreaterThan(850)
    expect(kept.half).toBeLessThan(1150)
    expect(kept.tenth).toBeGreaterThan(130)
    expect(kept.tenth).toBeLessThan(270)
  })

  // Shared vectors: browser and server must decide alike from the run id alone.
  it.each([
    [0.5, '80000000000000', '01932c07-209c-7cf7-8d80-000000000000', true],
    [0.5, '80000000000000', '01932c07-209c-7cf7-8d7f-ffffffffffff', false],
    [0.25, 'c0000000000000', '01932c07-209c-7cf7-8dc0-000000000000', true],
    [0.1, 'e6666666666668', '01932c07-209c-7cf7-8de6-666666666667', false],
    [0.1, 'e6666666666668', '01932c07-209c-7cf7-8de6-666666666668', true],
    // A variant keeps its run, with certainty.
    [0.1, 'e6666666666668', '01932c07-209c-7cf7-8de6-666666666667', true, 'one-page'],
  ])('at %d the threshold is %s and run %s is kept: %s', (ratio, limit, run, kept, variant = '') => {
    expect(threshold(ratio)).toBe(limit)
    const hypotheses = variant && { 'throughline.hypothesis.one-page-payment': variant }
    const source = { active: () => ({ attributes: { 'throughline.run.id': run, ...hypotheses } }) }
    const answer = journeySampler(source, { ratio }).shouldSample(
      ROOT_CONTEXT,
      '',
      'GET',
      SpanKind.CLIENT,
      {},
      [],
    )
    expect(answer.decision === 2).toBe(kept)
    if (kept)
      expect(answer.traceState!.get('ot')).toBe(
        `th:${variant ? '0' : limit.replace(/0+$/, '')};rv:${run.replaceAll('-', '').slice(-14)}`,
      )
  })

  it('records a probability of one for events, and asks the root about spans outside of runs', () => {
    const { tracker } = trackerAt(T)
    const root = { shouldSample: () => ({ decision: 0 as const }), toString: () => 'none' }
    const sampler = journeySampler(tracker, { ratio: 0.5, root })
    const ask = (name: string) => sampler.shouldSample(context.active(), '', name, SpanKind.INTERNAL, {}, [])
    expect(ask('exception').traceState!.get('ot')).toBe('th:0')
    expect(ask('GET').decision).toBe(0)
    expect(propagation.getActiveBaggage()).toBeUndefined()
  })

  it('writes a tracestate of its own, and goes first in that of the parent', () => {
    const { tracker } = trackerAt(T)
    const ask = (context = ROOT_CONTEXT) =>
      journeySampler(tracker).shouldSample(context, '', 'exception', SpanKind.INTERNAL, {}, []).traceState!
    const both = ask().set('vendor', '1')
    expect(both.serialize()).toBe('vendor=1,ot=th:0')
    expect(both.set('ot', 'th:8').serialize()).toBe('ot=th:8,vendor=1')
    expect(both.unset('ot').serialize()).toBe('vendor=1')
    const span = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 }
    const parent = { ...span, traceState: createTraceState('vendor=1,ot=th:c') }
    expect(ask(trace.setSpanContext(ROOT_CONTEXT, parent)).serialize()).toBe('ot=th:0,vendor=1')
  })

  it('a run under a hypothesis need not be kept whole', () => {
    const source = {
      active: () => ({
        attributes: {
          'throughline.run.id': '01932c07-209c-7cf7-8d00-000000000000',
          'throughline.hypothesis.h': 'a',
        },
      }),
    }
    const sampler = journeySampler(source, { ratio: 0.01, keepHypotheses: false })
    expect(sampler.shouldSample(ROOT_CONTEXT, '', 'GET', SpanKind.CLIENT, {}, []).decision).toBe(0)
  })
})
