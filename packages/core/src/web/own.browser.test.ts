import { context, diag, propagation, SpanKind } from '@opentelemetry/api'
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-web'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkout } from '../testing'
import { createTracker } from '../tracker'
import type { StateStorage } from '../tracker-types'
import type { Throughline } from './options'
import { PREFIX } from './outbox'
import type { GatedStorage } from './own'
import { gatedStorage, startThroughline, tabStorage, throughlineParts } from './own'
import { createSink } from './testing'

let started: Throughline | undefined
afterEach(async () => {
  await started?.stop()
  localStorage.clear()
  sessionStorage.clear()
  vi.restoreAllMocks()
})

describe('a provider of the host', () => {
  it('built with the parts gets journeys, errors, the outbox and a flush when the page goes away', async () => {
    const sink = createSink()
    const tracker = createTracker({ journeys: [checkout] })
    const { sampler, spanProcessors } = throughlineParts({ tracker, endpoint: sink.endpoint })
    const provider = new BasicTracerProvider({ sampler, spanProcessors })
    started = startThroughline({ tracker, provider })
    started.enter(checkout, 'cart')
    provider.getTracer('host').startSpan('work').end()
    dispatchEvent(new ErrorEvent('error', { error: new Error('lost') }))
    await vi.waitFor(() => {
      expect(Object.keys(localStorage)).toContain(PREFIX + tracker.current()!.id)
      expect(Object.values(localStorage).join()).toContain('"lost"')
    })
    dispatchEvent(new Event('pagehide'))
    await vi.waitFor(async () =>
      expect((await sink.spans()).map(({ name }) => name)).toEqual(
        expect.arrayContaining(['throughline.step.enter', 'exception', 'work', 'throughline.delivery']),
      ),
    )
    const [work] = await sink.spans('work')
    expect(work!.attributes['throughline.step.name']).toBe('cart')
  })

  it('waits for consent as the ready-made set-up does', async () => {
    const sink = createSink()
    const storage = gatedStorage(sessionStorage, false)
    const tracker = createTracker({ journeys: [checkout], storage })
    const { sampler, spanProcessors } = throughlineParts({ tracker, endpoint: sink.endpoint })
    const provider = new BasicTracerProvider({ sampler, spanProcessors })
    started = startThroughline({ tracker, provider, storage, consent: 'required' })
    started.enter(checkout, 'cart')
    await started.flush()
    expect(await sink.bodies()).toEqual([])
    expect([...Object.keys(localStorage), ...Object.keys(sessionStorage)]).toEqual([])
    started.consent('granted')
    await started.flush()
    expect(await sink.spans('throughline.step.enter')).toHaveLength(1)
    expect(sessionStorage.getItem('throughline')).toContain(tracker.current()!.run)
    started.consent('denied')
    expect([...Object.keys(localStorage), ...Object.keys(sessionStorage)]).toEqual([])
  })

  it('is told when nothing keeps its tracker to consent, and not when a gate does', async () => {
    const warn = vi.spyOn(diag, 'warn')
    const begin = (storage: StateStorage, more: { storage?: GatedStorage } = {}) => {
      const tracker = createTracker({ journeys: [checkout], storage })
      const provider = new BasicTracerProvider(throughlineParts({ tracker }))
      return startThroughline({ tracker, provider, consent: 'required', ...more })
    }
    started = begin(sessionStorage)
    expect(warn.mock.calls.flat()).toEqual([
      expect.stringContaining('gatedStorage(tabStorage(), false)'),
      "throughline: consent is required: nothing is stored or sent before tracker.consent('granted')",
    ])
    await started.stop()
    const storage = gatedStorage(tabStorage(), false)
    warn.mockClear()
    started = begin(storage, { storage })
    expect(warn.mock.calls.flat()).toEqual([expect.stringContaining('consent is required')])
    warn.mockClear()
    started.consent('denied')
    expect(warn.mock.calls.flat()).toEqual(['throughline: consent is denied: nothing is stored or sent'])
  })

  it('without an endpoint of ours puts no id into any header before consent either', async () => {
    const sink = createSink()
    const tracker = createTracker({ journeys: [checkout] })
    const parts = throughlineParts({ tracker })
    const provider = new BasicTracerProvider(parts)
    context.setGlobalContextManager(parts.contextManager)
    propagation.setGlobalPropagator(parts.propagator)
    const instrumentations = [new FetchInstrumentation()]
    started = startThroughline({ tracker, provider, consent: 'required', instrumentations })
    try {
      started.enter(checkout, 'cart')
      const headers = async () => (await fetch(`${sink.endpoint}/api`)).json()
      expect(await headers()).not.toHaveProperty('traceparent')
      started.consent('granted')
      expect(await headers()).toMatchObject({ traceparent: expect.any(String), baggage: expect.any(String) })
    } finally {
      context.disable()
      propagation.disable()
    }
  })

  it('honours Global Privacy Control, whatever its gate was told', async () => {
    Object.defineProperty(navigator, 'globalPrivacyControl', { value: true, configurable: true })
    try {
      const storage = gatedStorage(sessionStorage, true)
      const tracker = createTracker({ journeys: [checkout], storage })
      const provider = new BasicTracerProvider(throughlineParts({ tracker, endpoint: createSink().endpoint }))
      started = startThroughline({ tracker, provider, storage })
      started.enter(checkout, 'cart')
      expect(Object.keys(sessionStorage)).toEqual([])
    } finally {
      Reflect.deleteProperty(navigator, 'globalPrivacyControl')
    }
  })

  it('is left alone after stop: its requests are no errors of a page that is no longer observed', async () => {
    const tracker = createTracker({ journeys: [checkout] })
    const provider = new BasicTracerProvider(throughlineParts({ tracker }))
    started = startThroughline({ tracker, provider })
    tracker.enter(checkout, 'cart')
    const names: string[] = []
    tracker.subscribe(({ name }) => names.push(name))
    const request = () => {
      const attributes = {
        'http.request.method': 'GET',
        'url.full': 'https://a.example/',
        'error.type': '503',
      }
      provider.getTracer('host').startSpan('GET', { kind: SpanKind.CLIENT, attributes }).end()
    }
    request()
    await started.stop()
    request()
    expect(names.filter((name) => name === 'exception')).toHaveLength(1)
  })

  it('that delivers by itself is told how many events there were, and how many errors were left out', async () => {
    const tracker = createTracker({ journeys: [checkout] })
    const exporter = new InMemorySpanExporter()
    const { sampler, spanProcessors } = throughlineParts({ tracker })
    const own = new SimpleSpanProcessor(exporter)
    const provider = new BasicTracerProvider({ sampler, spanProcessors: [...spanProcessors, own] })
    started = startThroughline({ tracker, provider, ignoreErrors: ['known'] })
    started.enter(checkout, 'cart')
    const told = () =>
      exporter
        .getFinishedSpans()
        .filter(({ name }) => name === 'throughline.delivery')
        .map(({ attributes }) => attributes['throughline.error.ignored'])
    dispatchEvent(new Event('pagehide'))
    await vi.waitFor(() => expect(told()).toEqual([0]))
    // Nothing was emitted since, but one more was left out.
    started.captureError(new Error('known'))
    dispatchEvent(new Event('pagehide'))
    await vi.waitFor(() => expect(told()).toEqual([0, 1]))
  })

  it('exports by other ways what it would without us', async () => {
    const tracker = createTracker({ journeys: [checkout] })
    const redact = (key: string, value: unknown) => (key === 'user.email' ? undefined : value)
    const { sampler, spanProcessors } = throughlineParts({ tracker, endpoint: createSink().endpoint, redact })
    const exporter = new InMemorySpanExporter()
    const provider = new BasicTracerProvider({
      sampler,
      spanProcessors: [...spanProcessors, new SimpleSpanProcessor(exporter)],
    })
    started = startThroughline({ tracker, provider })
    const attributes = { 'user.email': 'jane@x.example', 'url.full': 'https://a.example/?page=2' }
    provider.getTracer('host').startSpan('work', { attributes }).end()
    await started.flush()
    const [work] = exporter.getFinishedSpans().filter(({ name }) => name === 'work')
    expect(work!.attributes).toEqual(attributes)
  })

  it('built without some parts is told which', async () => {
    const warn = vi.spyOn(console, 'warn').mockReturnValue()
    vi.spyOn(console, 'info').mockReturnValue()
    const tracker = createTracker({ journeys: [checkout] })
    const { spanProcessors } = throughlineParts({ tracker })
    started = startThroughline({
      tracker,
      provider: new BasicTracerProvider({ spanProcessors }),
      debug: true,
    })
    started.enter(checkout, 'cart')
    await vi.waitFor(
      () => expect(warn.mock.calls.join()).toContain('without sampler of throughlineParts({ tracker })'),
      { timeout: 5000 },
    )
  })
})
