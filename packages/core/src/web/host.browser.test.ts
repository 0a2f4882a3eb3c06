import type { ContextManager } from '@opentelemetry/api'
import { context, diag, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import { BasicTracerProvider } from '@opentelemetry/sdk-trace-web'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkout, onePage } from '../testing'
import { startThroughline as startOnOwnProvider } from './own'
import { createSink, start, stopAll } from './testing'

afterEach(async () => {
  await stopAll()
  vi.restoreAllMocks()
})

/** What a page could notice of us. */
function traces() {
  return {
    globals: Reflect.ownKeys(globalThis).filter((key) => String(key).includes('throughline')),
    console: console.error,
    context: context.active(),
    isTraced: trace.getTracer('host').startSpan('probe').isRecording(),
    fields: propagation.fields(),
  }
}

/** The page is idle, and what loads then is there. */
async function later() {
  await new Promise((resolve) => requestIdleCallback(resolve, { timeout: 5000 }))
  await import('./later')
  await new Promise((resolve) => setTimeout(resolve, 50))
}

describe('the host', () => {
  it('finds nothing of ours after stop(), with all of it loaded', async () => {
    const sink = createSink()
    const [said, logger] = [vi.spyOn(console, 'info').mockReturnValue(), vi.fn()]
    diag.setLogger({ error: logger, warn: logger, info: logger, debug: logger, verbose: logger })
    const before = traces()
    const tracker = start({ endpoint: sink.endpoint, consoleErrors: true, debug: true })
    tracker.enter(checkout, 'cart')
    await vi.waitFor(() => {
      expect(said).toHaveBeenCalled()
      expect(console.error).not.toBe(before.console)
    })
    expect(traces()).not.toEqual(before)
    await tracker.stop()
    expect(traces()).toEqual(before)
    logger.mockClear()
    diag.warn('the logger of the host')
    expect(logger).toHaveBeenCalledTimes(1)
    diag.disable()
    const sent = (await sink.bodies()).length
    dispatchEvent(new ErrorEvent('error', { error: new Error('after') }))
    dispatchEvent(new Event('pagehide'))
    tracker.enter(checkout, 'payment')
    await tracker.flush()
    expect(await sink.bodies()).toHaveLength(sent)
  })

  it('may start again, after stop() or instead of it: nothing happens twice', async () => {
    const [first, second] = [createSink(), createSink()]
    start({ endpoint: first.endpoint })
    const again = start({ endpoint: second.endpoint })
    again.enter(checkout, 'cart')
    dispatchEvent(new ErrorEvent('error', { error: new Error('once') }))
    await again.flush()
    expect(await second.spans('throughline.step.enter')).toHaveLength(1)
    expect(await second.spans('exception')).toHaveLength(1)
    expect(await first.spans('exception')).toEqual([])
    expect(trace.getTracer('host').startSpan('work').spanContext().traceId).toBe(
      again.current()!.span!.traceId,
    )
  })

  it('may stop the first again once a second has started, or it has set up its own', async () => {
    const first = start({ endpoint: createSink().endpoint })
    const second = start({ endpoint: createSink().endpoint })
    second.enter(checkout, 'cart')
    await first.stop()
    expect(trace.getSpanContext(context.active())?.traceId).toBe(second.current()!.span!.traceId)
    expect(trace.getTracer('host').startSpan('work').isRecording()).toBe(true)
    await second.stop()
    trace.setGlobalTracerProvider(new BasicTracerProvider())
    await second.stop()
    expect(trace.getTracer('host').startSpan('work').isRecording()).toBe(true)
    trace.disable()
  })

  it.each(['setTracerProvider', 'enable', 'disable'])(
    'may pass an instrumentation whose %s() fails',
    async (fails) => {
      const fine = { setTracerProvider: vi.fn(), enable: vi.fn(), disable: vi.fn() }
      const bad = { ...fine, [fails]: () => expect.fail('bad') }
      const warn = vi.spyOn(diag, 'warn')
      const before = traces()
      const tracker = start({ endpoint: createSink().endpoint, instrumentations: [bad, fine] })
      tracker.enter(checkout, 'cart')
      await tracker.stop()
      expect(traces()).toEqual(before)
      expect(fine.enable).toHaveBeenCalled()
      expect(fine.disable).toHaveBeenCalled()
      expect(warn.mock.calls.join()).toContain('bad')
    },
  )

  it('keeps the logger that it sets while debug is on', async () => {
    const said = vi.spyOn(console, 'info').mockReturnValue()
    const tracker = start({ endpoint: createSink().endpoint, debug: true })
    tracker.enter(checkout, 'cart')
    await vi.waitFor(() => expect(said).toHaveBeenCalled())
    const logger = vi.fn()
    diag.setLogger({ error: logger, warn: logger, info: logger, debug: logger, verbose: logger })
    await tracker.stop()
    logger.mockClear()
    diag.warn('the logger of the host')
    expect(logger).toHaveBeenCalledTimes(1)
    diag.disable()
  })

  it('finds nothing of ours after a start that failed', async () => {
    const add = vi.spyOn(globalThis, 'addEventListener')
    const before = traces()
    expect(() => start({ endpoint: 'http://[bad' })).toThrow(/"http:\/\/\[bad" is no address; use '\/otlp'/)
    await new Promise((resolve) => setTimeout(resolve, 10))
    expect(traces()).toEqual(before)
    expect(add).not.toHaveBeenCalled()
    expect(Object.keys(sessionStorage)).toEqual([])
  })

  it('keeps its run over a stop and a start on the same page', async () => {
    const sink = createSink()
    const first = start({ endpoint: sink.endpoint })
    first.enter(checkout, 'cart')
    const { run } = first.current()!
    await first.stop()
    expect(start({ endpoint: sink.endpoint }).current()).toMatchObject({ run, step: 'cart' })
  })

  it('that has set up OpenTelemetry already keeps its own, and is told', async () => {
    const own = {
      active: () => ROOT_CONTEXT,
      with: (_: unknown, fn: () => unknown) => fn(),
      bind: (_: unknown, target: unknown) => target,
    }
    const manager = { ...own, enable: () => manager, disable: () => manager } as unknown as ContextManager
    context.setGlobalContextManager(manager)
    const warn = vi.spyOn(diag, 'warn')
    try {
      const tracker = start({ endpoint: createSink().endpoint })
      expect(warn.mock.calls.join()).toContain('another OpenTelemetry set-up came first')
      await tracker.stop()
      expect(context.active()).toBe(ROOT_CONTEXT)
      expect(context.setGlobalContextManager(manager)).toBe(false)
    } finally {
      context.disable()
      warn.mockRestore()
    }
  })

  it('that is never idle gets what loads later too', async () => {
    const idle = vi.spyOn(globalThis, 'requestIdleCallback')
    start({ endpoint: createSink().endpoint })
    await vi.waitFor(() =>
      expect(idle).toHaveBeenCalledWith(expect.any(Function), { timeout: expect.any(Number) }),
    )
  })

  it('is told what a sandboxed frame needs, in one line', () => {
    const warn = vi.spyOn(diag, 'warn')
    vi.stubGlobal('origin', 'null')
    try {
      start({ endpoint: createSink().endpoint })
      const said = warn.mock.calls.flat().filter((word) => `${word}`.includes('sandboxed'))
      expect(said).toEqual([expect.stringMatching(/allow-same-origin.*Access-Control-Allow-Origin: \*/)])
    } finally {
      vi.unstubAllGlobals()
    }
  })

  it('is told how to mend a set-up that cannot work', () => {
    expect(() => start({ endpoint: undefined as never })).toThrow(/endpoint: '\/otlp'/)
    expect(() => start({ endpoint: '/otlp', journeys: undefined as never })).toThrow(/defineJourney/)
    expect(() => startOnOwnProvider({} as never)).toThrow(/tracker, provider/)
  })

  it('is not harmed by any value that it passes', async () => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint, consoleErrors: false })
    const rejected: unknown[] = []
    const listen = (event: PromiseRejectionEvent) => rejected.push(event.reason)
    addEventListener('unhandledrejection', listen)
    const hostile = new Proxy(() => {}, {
      get(_, key) {
        if (key === 'then') return undefined
        throw new Error('hostile')
      },
    })
    const value = fc.oneof(
      {
        weight: 3,
        arbitrary: fc.anything({ withBigInt: true, withNullPrototype: true, withSparseArray: true }),
      },
      {
        weight: 2,
        arbitrary: fc.constantFrom<unknown>(checkout, onePage, hostile, 'cart', 'payment', 'converted'),
      },
    )
    const names = Object.keys(tracker).filter(
      (name) =>
        typeof tracker[name as 'enter'] === 'function' &&
        !['stop', 'flush', 'run', 'subscribe', 'onChange'].includes(name),
    )
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.array(value, { maxLength: 4 }), (name, args) => {
        ;(tracker[name as 'enter'] as (...args: unknown[]) => void)(...args)
      }),
      { numRuns: 100_000 },
    )
    tracker.consent('granted')
    await new Promise((resolve) => setTimeout(resolve))
    removeEventListener('unhandledrejection', listen)
    expect(rejected).toEqual([])
    tracker.enter(checkout, 'cart')
    expect(tracker.current()?.step).toBe('cart')
  })

  it.each([
    [
      'throws',
      () => {
        throw new DOMException('denied', 'SecurityError')
      },
    ],
    ['is null, as in views of applications', () => null],
  ])('may have storage that %s', async (_, get) => {
    const sink = createSink()
    const rejected = vi.fn((event: Event) => event.preventDefault())
    addEventListener('unhandledrejection', rejected)
    const real = ['localStorage', 'sessionStorage'].map(
      (name) => [name, Object.getOwnPropertyDescriptor(window, name)!] as const,
    )
    for (const [name] of real) Object.defineProperty(window, name, { get, configurable: true })
    try {
      const tracker = start({ endpoint: sink.endpoint })
      tracker.enter(checkout, 'cart')
      await tracker.flush()
      expect(await sink.spans('throughline.step.enter')).toHaveLength(1)
      // What looks for what was left behind loads after the page.
      await later()
      expect(rejected).not.toHaveBeenCalled()
    } finally {
      removeEventListener('unhandledrejection', rejected)
      for (const [name, descriptor] of real) Object.defineProperty(window, name, descriptor)
    }
  })
})
