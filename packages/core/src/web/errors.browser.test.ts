import { trace } from '@opentelemetry/api'
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { XMLHttpRequestInstrumentation } from '@opentelemetry/instrumentation-xml-http-request'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { JourneyEvent } from '../event'
import { checkout, signup } from '../testing'
import { createTracker } from '../tracker'
import type { Tracker } from '../tracker-types'
import { observeConsole } from './console-errors'
import { earlyErrors } from './early-errors'
import { observeErrors } from './errors'
import type { Navigations } from './navigation'
import { observeNavigation } from './navigation'
import type { Throughline } from './options'
import { createSink, start, stopAll } from './testing'
import { tools } from './tools'

let stopping: AbortController | undefined
afterEach(() => {
  stopping?.abort()
  vi.restoreAllMocks()
  return stopAll()
})

/** What reads errors, once it has loaded. */
function errorsOf(...[tracker, navigations, signal]: [Tracker, Navigations, AbortSignal]) {
  const errors = observeErrors(tracker, navigations, tools, signal)
  earlyErrors(tracker, () => false, signal).hand(errors)
  return errors
}

/** Errors of a page whose step is known. */
function observe() {
  stopping = new AbortController()
  const tracker = createTracker({ journeys: [checkout] })
  const errors: JourneyEvent[] = []
  tracker.subscribe((event) => event.name === 'exception' && errors.push(event))
  const navigations = {
    ledTo: (_: number, then: (visit: null) => void) => then(null),
    began: () => 0,
    settle() {},
  }
  const { flush, record } = errorsOf(tracker, navigations, stopping.signal)
  return { tracker, errors, flush, record, signal: stopping.signal }
}

const fail = (error: unknown) => dispatchEvent(new ErrorEvent('error', { error, message: 'Script error.' }))
const reject = (reason: unknown) =>
  dispatchEvent(new PromiseRejectionEvent('unhandledrejection', { promise: Promise.resolve(), reason }))

describe('errors', () => {
  it('of every origin are recorded, their URLs scrubbed', async () => {
    const { errors } = observe()
    const error = new TypeError('no https://shop.example/api?token=1 today')
    error.stack = 'TypeError: no\n    at pay (https://shop.example/app.js?v=2:1:20)'
    fail(error)
    reject('plain text')
    const image = document.createElement('img')
    image.src = '/sink/none/image.png?user=7&status=404'
    document.body.append(image)
    const hostile = document.createElement('img')
    Object.defineProperty(hostile, 'src', { get: () => expect.fail('hostile') })
    document.body.append(hostile)
    hostile.dispatchEvent(new Event('error'))
    await vi.waitFor(() => expect(errors).toHaveLength(3))
    const [first, second, third] = errors.map(({ attributes }) => attributes)
    expect(first).toMatchObject({
      'exception.type': 'TypeError',
      'exception.message': 'no https://shop.example/api today',
      'exception.stacktrace': 'TypeError: no\n    at pay (https://shop.example/app.js:1:20)',
      'throughline.error.handled': false,
    })
    expect(second).toMatchObject({ 'exception.type': 'string', 'exception.message': 'plain text' })
    expect(third).toMatchObject({
      'exception.type': 'ResourceError',
      'exception.message': `img ${location.origin}/sink/none/image.png`,
    })
  })

  it('with one fingerprint are sent five times, then counted for the step on which they happened', () => {
    const { tracker, errors, flush } = observe()
    tracker.enter(checkout, 'cart')
    for (let i = 0; i < 20; i++) fail(new Error(`order ${i} failed`))
    expect(errors).toHaveLength(5)
    expect(new Set(errors.map(({ attributes }) => attributes['throughline.error.fingerprint'])).size).toBe(1)
    tracker.enter(checkout, 'payment')
    fail(new Error('order 21 failed'))
    expect(errors[5]).toMatchObject({
      visit: { step: 'cart' },
      attributes: { 'throughline.error.count': 15, 'throughline.step.name': 'cart' },
    })
    flush()
    flush()
    expect(errors.slice(6).map(({ attributes }) => attributes['throughline.error.count'])).toEqual([
      undefined,
    ])
  })

  it('that were held back are dated by the first of them, and each step has its first one at once', async () => {
    const { tracker, errors, flush } = observe()
    const again = () => fail(new Error('again'))
    tracker.enter(checkout, 'cart')
    for (let i = 0; i < 5; i++) again()
    const before = performance.timeOrigin + performance.now()
    again()
    const after = performance.timeOrigin + performance.now()
    await new Promise((resolve) => setTimeout(resolve, 20))
    again()
    tracker.enter(checkout, 'payment')
    for (let i = 0; i < 3; i++) again()
    expect(
      errors.slice(5).map(({ visit, attributes }) => [visit!.step, attributes['throughline.error.count']]),
    ).toEqual([
      ['cart', 2],
      ['payment', undefined],
    ])
    expect(errors[5]!.time).toBeGreaterThanOrEqual(before)
    expect(errors[5]!.time).toBeLessThanOrEqual(after)
    flush()
    expect(errors.at(-1)).toMatchObject({
      visit: { step: 'payment' },
      attributes: { 'throughline.error.count': 2 },
    })
  })

  it('are one though they are logged, and thrown again', async () => {
    const { errors, record, signal } = observe()
    vi.spyOn(console, 'error').mockReturnValue()
    observeConsole(record, signal)
    const error = new Error('once')
    console.error('failed', error)
    record(error)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(errors).toHaveLength(1)
    // One that is thrown time and again is not.
    const now = performance.now()
    record(error, { at: now + 2000 })
    expect(errors).toHaveLength(2)
  })

  it('of ever new kinds do not silence what comes after them', () => {
    const { errors } = observe()
    const letters = 'abcdefghij'
    for (let i = 0; i < 100; i++) fail(new Error(`x${letters[i % 10]}${letters[Math.floor(i / 10)]}`))
    expect(errors.length).toBeLessThanOrEqual(55)
    fail(new TypeError('checkout is broken'))
    expect(errors.at(-1)!.attributes).toMatchObject({
      'exception.type': 'TypeError',
      'exception.message': 'checkout is broken',
    })
  })

  it('of resources name what did not load, whatever the element', async () => {
    const { errors } = observe()
    const none = (name: string) => `/sink/none/${name}?status=404`
    const host = document.createElement('div')
    host.innerHTML = `<picture><source srcset="${none('chosen.png')}"><img src="${none('fallback.png')}"></picture>
      <img srcset="${none('set.png')} 1x"><svg><image href="${none('drawn.png')}"/></svg>`
    document.body.append(host)
    await vi.waitFor(() => expect(errors).toHaveLength(3))
    const names = errors.map(({ attributes }) => /[^/]*\.png/.exec(`${attributes['exception.message']}`)?.[0])
    expect(names.sort()).toEqual(['chosen.png', 'drawn.png', 'set.png'])
    host.remove()
  })

  it('of the network are none when they come of leaving the page, and are recorded when it stays after all', async () => {
    const { errors } = observe()
    const { navigation } = globalThis as unknown as { navigation: EventTarget }
    const leave = (url: string) =>
      navigation.dispatchEvent(
        Object.assign(new Event('navigate'), {
          destination: { sameDocument: false, url },
          downloadRequest: null,
        }),
      )
    leave('mailto:jane@example.org')
    leave('https://shop.example/')
    navigation.dispatchEvent(new Event('navigateerror'))
    reject(new TypeError('a bug'))
    expect(errors.splice(0)).toHaveLength(1)
    leave('https://shop.example/')
    reject(new TypeError('given up'))
    reject(new Error('of its own'))
    expect(errors.map(({ attributes }) => attributes['exception.message'])).toEqual(['of its own'])
    dispatchEvent(new PageTransitionEvent('pagehide'))
    dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))
    reject(new TypeError('while it stayed'))
    await vi.waitFor(() => expect(errors).toHaveLength(2), { timeout: 20_000 })
    expect(errors[1]!.attributes['exception.message']).toBe('while it stayed')
  })

  it('of requests are those that a server or the network caused, on the step that began them', async () => {
    const sink = createSink()
    const seen = vi.fn()
    const fetches = new FetchInstrumentation({ applyCustomAttributesOnSpan: seen })
    const before = fetches.getConfig()
    const tracker = start({
      endpoint: sink.endpoint,
      instrumentations: [fetches, new XMLHttpRequestInstrumentation()],
    })
    // What has it tell a failed request from an aborted one loads after the page.
    await vi.waitFor(() => expect(fetches.getConfig()).not.toBe(before), { timeout: 10_000 })
    tracker.enter(checkout, 'cart')
    const aborting = [new AbortController(), new AbortController()]
    const aborted = Promise.all([
      ...aborting.map(({ signal }) => fetch(`${sink.endpoint}/api`, { signal }).catch(() => {})),
      fetch('http://127.0.0.1:9/gone').catch(() => {}),
    ])
    aborting[0]!.abort()
    aborting[1]!.abort(new Error('no longer wanted'))
    const xhr = new XMLHttpRequest()
    xhr.open('GET', 'http://127.0.0.1:9/nobody')
    xhr.send()
    await fetch(`${sink.endpoint}/api?status=404`)
    const failing = fetch(`${sink.endpoint}/orders?status=503`, { method: 'POST' })
    tracker.enter(checkout, 'payment')
    await Promise.all([aborted, failing])
    await vi.waitFor(
      async () => {
        await tracker.flush()
        const found = await sink.spans('exception')
        expect(
          found.map(({ attributes }) => [
            attributes['exception.message'],
            attributes['throughline.step.name'],
          ]),
        ).toEqual(
          expect.arrayContaining([
            ['GET http://127.0.0.1:9/nobody error', 'cart'],
            ['GET http://127.0.0.1:9/gone TypeError', 'cart'],
            [`POST ${location.origin}/sink/:id/orders 503`, 'cart'],
          ]),
        )
        expect(found).toHaveLength(3)
        expect(found[0]!.attributes).toMatchObject({
          'exception.type': 'RequestError',
          'throughline.error.handled': true,
        })
      },
      { timeout: 10_000, interval: 200 },
    )
    expect(seen).toHaveBeenCalled()
    await tracker.stop()
    expect(fetches.getConfig().applyCustomAttributesOnSpan).toBe(seen)
  })

  it.each<[string, string, (tracker: Throughline, request: () => Promise<unknown>) => Promise<unknown>]>([
    [
      'right after a step was entered is on that step',
      'checkout/payment',
      (tracker, request) => {
        tracker.enter(checkout, 'cart')
        tracker.enter(checkout, 'payment')
        return request()
      },
    ],
    [
      'on no step is on none',
      '/',
      async (tracker, request) => {
        tracker.enter(checkout, 'cart')
        tracker.leave(checkout)
        const requested = request()
        tracker.enter(checkout, 'payment')
        await requested
      },
    ],
    [
      'inside of run() is on its journey',
      'checkout/cart',
      (tracker, request) => {
        tracker.enter(checkout, 'cart')
        tracker.enter(signup, 'form')
        return tracker.run(checkout, request)
      },
    ],
  ])('of a request that began %s', async (_, expected, work) => {
    const sink = createSink()
    const tracker = start({ endpoint: sink.endpoint, instrumentations: [new FetchInstrumentation()] })
    await work(tracker, () => fetch(`${sink.endpoint}/api?status=503`))
    await vi.waitFor(
      async () => {
        await tracker.flush()
        const found = await sink.spans('exception')
        expect(
          found.map(
            ({ attributes: { 'throughline.journey.name': journey, 'throughline.step.name': step } }) =>
              [journey, step].join('/'),
          ),
        ).toEqual([expected])
      },
      { timeout: 5000, interval: 200 },
    )
  })

  it('before the first step of a page are on that step, which began with the page; or on the one before, if none follows', async () => {
    for (const follows of [true, false]) {
      const sink = createSink()
      createTracker({ journeys: [checkout], storage: sessionStorage }).enter(checkout, 'cart')
      const tracker = start({ endpoint: sink.endpoint })
      dispatchEvent(new ErrorEvent('error', { error: new Error('while loading') }))
      if (follows) tracker.enter(checkout, 'payment')
      else dispatchEvent(new Event('pagehide'))
      await tracker.flush()
      const [error] = await sink.spans('exception')
      expect(error!.attributes['throughline.step.name']).toBe(follows ? 'payment' : 'cart')
      await tracker.stop()
    }
  })

  it('leave the vitals of the page to its first step, however many come before it', () => {
    stopping = new AbortController()
    const tracker = createTracker({ journeys: [checkout] })
    const errors: JourneyEvent[] = []
    tracker.subscribe((event) => event.name === 'exception' && errors.push(event))
    const navigations = observeNavigation(tracker, stopping.signal)
    const { record, flush } = errorsOf(tracker, navigations, stopping.signal)
    for (let i = 0; i < 300; i++) record(new Error('again'))
    const led = vi.fn()
    navigations.ledTo(1, led)
    tracker.enter(checkout, 'cart')
    expect(led.mock.calls[0]![0]).toMatchObject({ step: 'cart' })
    flush()
    const counts = errors.map(({ attributes }) => Number(attributes['throughline.error.count'] ?? 1))
    expect(counts.reduce((sum, count) => sum + count)).toBe(300)
    expect(errors.at(-1)!.visit!.step).toBe('cart')
  })

  it('of requests are recorded in runs that sampling leaves out too, where the requests themselves are not sent', async () => {
    const sink = createSink()
    const tracker = start({
      endpoint: sink.endpoint,
      sampleRatio: 0,
      instrumentations: [new FetchInstrumentation(), new XMLHttpRequestInstrumentation()],
    })
    tracker.enter(checkout, 'cart')
    const before = trace.getTracer('host').startSpan('work')
    expect(before.isRecording()).toBe(false)
    const headers = await (await fetch(`${sink.endpoint}/api`)).json()
    expect(headers.traceparent).toMatch(/-00$/)
    await fetch(`${sink.endpoint}/orders?status=503`, { method: 'POST' })
    const xhr = new XMLHttpRequest()
    xhr.open('GET', `${sink.endpoint}/stock?status=500`)
    xhr.send()
    await vi.waitFor(
      async () => {
        await tracker.flush()
        const found = await sink.spans('exception')
        expect(found.map(({ attributes }) => attributes['exception.message'])).toEqual([
          `POST ${location.origin}/sink/:id/orders 503`,
          `GET ${location.origin}/sink/:id/stock 500`,
        ])
        for (const { attributes } of found) expect(attributes['throughline.step.name']).toBe('cart')
      },
      { timeout: 10_000, interval: 200 },
    )
    const names = new Set((await sink.spans()).map(({ name }) => name))
    for (const name of names) expect(name).toMatch(/^(throughline\.|browser\.web_vital|exception)/)
  })

  it('that are hostile do no harm', () => {
    const { errors, record, signal } = observe()
    vi.spyOn(console, 'error').mockReturnValue()
    observeConsole(record, signal)
    const { proxy, revoke } = Proxy.revocable({}, {})
    revoke()
    console.error('a draft', proxy)
    const hostile = {
      get message() {
        throw new Error('no')
      },
    }
    for (const reason of [undefined, null, 0, Symbol('s'), Object.create(null), hostile, new Proxy({}, {})]) {
      fail(reason)
      reject(reason)
    }
    for (let i = 0; i < 500; i++)
      fail(new Error(`x${'abcdefghij'[i % 10]}${'klmnopqrst'[Math.floor(i / 10) % 10]}`))
    expect(errors.length).toBeLessThanOrEqual((50 + 20) * 5)
  })

  it('on the console are recorded when asked for, and the console is left as it was', () => {
    const seen = vi.fn()
    const before = console.error
    console.error = seen
    const { errors, flush, record, signal } = observe()
    observeConsole(record, signal)
    console.error('could not %s', 'pay', { card: '4242' })
    console.error('x', new RangeError('y'))
    console.error(12)
    console.error()
    console.error('throughline: no word of the page')
    flush()
    expect(errors.map(({ attributes }) => attributes['exception.message'])).toEqual([
      'could not %s',
      'y',
      '12',
    ])
    expect(errors[0]!.attributes['throughline.error.handled']).toBe(true)
    expect(seen).toHaveBeenCalledTimes(5)
    stopping?.abort()
    expect(console.error).toBe(seen)
    console.error = before
  })
})
