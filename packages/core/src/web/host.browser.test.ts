import type { ContextManager } from '@opentelemetry/api'
import { context, diag, propagation, ROOT_CONTEXT, trace } from '@opentelemetry/api'
import fc from 'fast-check'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkout, onePage } from '../testing'
import { startThroughline as startOnOwnProvider } from './own'
import { createSink, start, stopAll } from './testing'

afterEach(stopAll)

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

describe('the host', () => {
  it('finds nothing of ours after stop()', async () => {
    const sink = createSink()
    const before = traces()
    const tracker = start({ endpoint: sink.endpoint, consoleErrors: true, debug: true })
    tracker.enter(checkout, 'cart')
    expect(traces()).not.toEqual(before)
    await tracker.stop()
    expect(traces()).toEqual(before)
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

  it('may have storage that throws', async () => {
    const sink = createSink()
    const real = ['localStorage', 'sessionStorage'].map(
      (name) => [name, Object.getOwnPropertyDescriptor(window, name)!] as const,
    )
    const denied = {
      get: () => {
        throw new DOMException('denied', 'SecurityError')
      },
      configurable: true,
    }
    for (const [name] of real) Object.defineProperty(window, name, denied)
    try {
      const tracker = start({ endpoint: sink.endpoint })
      tracker.enter(checkout, 'cart')
      await tracker.flush()
      expect(await sink.spans('throughline.step.enter')).toHaveLength(1)
    } finally {
      for (const [name, descriptor] of real) Object.defineProperty(window, name, descriptor)
    }
  })
})
