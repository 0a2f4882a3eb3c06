import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { XMLHttpRequestInstrumentation } from '@opentelemetry/instrumentation-xml-http-request'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { checkout, signup } from '../testing'
import type { ReadyMadeOptions } from './options'
import { createSink, start, stopAll } from './testing'

afterEach(() => {
  vi.restoreAllMocks()
  return stopAll()
})

/** A page on its way, and the errors that arrive of it. */
function page(options: Partial<ReadyMadeOptions> = {}) {
  const sink = createSink()
  const tracker = start({ endpoint: sink.endpoint, ...options })
  tracker.enter(checkout, 'cart')
  const errors = async () => {
    await tracker.flush()
    return (await sink.spans('exception')).map(({ attributes }) => attributes)
  }
  const messages = async () => (await errors()).map((attributes) => attributes['exception.message'])
  /** What the page counts, as it says when it is hidden. */
  const ignored = async () => {
    dispatchEvent(new Event('pagehide'))
    await tracker.flush()
    return (await sink.spans('throughline.delivery')).at(-1)!.attributes['throughline.error.ignored']
  }
  return { sink, tracker, errors, messages, ignored }
}

const fail = (error: unknown, more: ErrorEventInit = {}) =>
  dispatchEvent(new ErrorEvent('error', { error, ...more }))
const reject = (reason: unknown) =>
  dispatchEvent(new PromiseRejectionEvent('unhandledrejection', { promise: Promise.resolve(), reason }))
const next = () => Object.assign(new Error('NEXT_NOT_FOUND'), { digest: 'NEXT_HTTP_ERROR_FALLBACK;404' })

describe('captureError', () => {
  it('records what a framework hands over, on its step', async () => {
    const { tracker, errors } = page()
    tracker.enter(signup, 'form')
    tracker.captureError(new TypeError('in a handler'), { handled: false })
    tracker.captureError(new RangeError('in a render'), {
      journey: checkout,
      componentStack: '\n    at Payment (https://shop.example/app.js?v=1:1:2)',
    })
    tracker.captureError('a text')
    const found = await errors()
    expect(found).toMatchObject([
      {
        'exception.type': 'TypeError',
        'exception.message': 'in a handler',
        'throughline.error.handled': false,
        'throughline.step.name': 'form',
      },
      { 'exception.type': 'RangeError', 'throughline.error.handled': true, 'throughline.step.name': 'cart' },
      { 'exception.message': 'a text', 'throughline.step.name': 'form' },
    ])
    expect(found[1]!['exception.stacktrace']).toMatch(/at Payment \(https:\/\/shop\.example\/app\.js:1:2\)$/)
  })

  it('throws at nobody, whatever it is given', async () => {
    const { tracker, messages } = page()
    const revoked = Proxy.revocable({}, {})
    revoked.revoke()
    for (const error of [undefined, null, Symbol('s'), Object.create(null), revoked.proxy])
      tracker.captureError(error, null as never)
    tracker.captureError(new Error('after'))
    expect(await messages()).toContain('after')
  })

  it('records nothing after stop()', async () => {
    const { tracker, errors } = page()
    await tracker.stop()
    tracker.captureError(new Error('late'))
    expect(await errors()).toEqual([])
  })
})

describe('what a framework throws to steer', () => {
  it('is no error, whichever way it comes in', async () => {
    const { tracker, messages, ignored } = page({ consoleErrors: true })
    const original = console.error
    await vi.waitFor(() => expect(console.error).not.toBe(original))
    for (const steering of [next, () => new Response(null, { status: 302 }), () => Promise.resolve()]) {
      fail(steering())
      reject(steering())
      tracker.captureError(steering())
      console.error('caught', next())
    }
    tracker.captureError({ status: 404, statusText: 'Not Found', internal: true, data: '' })
    tracker.captureError(new Error('a real one'))
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect(await messages()).toEqual(['a real one'])
    expect(await ignored()).toBe(0)
  })
})

describe('errors that are not the page’s', () => {
  it('are left out and counted', async () => {
    const { messages, ignored } = page()
    fail(null, { message: 'ResizeObserver loop completed with undelivered notifications.' })
    fail(null, { message: 'Script error.' })
    fail(
      Object.assign(new Error('x'), { stack: 'Error: x\n    at f (chrome-extension://abc/content.js:1:2)' }),
    )
    fail(new Error('y'), { filename: 'moz-extension://abc/content.js' })
    const aborting = new AbortController()
    aborting.abort()
    reject(aborting.signal.reason)
    const script = document.createElement('script')
    script.src = 'http://127.0.0.1:9/adsbygoogle.js'
    const failed = new Promise((resolve) => script.addEventListener('error', resolve))
    document.head.append(script)
    await failed
    script.remove()
    fail(new Error('of the page'))
    expect(await messages()).toEqual(['of the page'])
    expect(await ignored()).toBe(6)
  })

  it('are those in `ignoreErrors`, too', async () => {
    const { tracker, messages, ignored } = page({ ignoreErrors: ['TypeError: known', /^Error: chat \d/g] })
    tracker.captureError(new TypeError('known to us'))
    fail(new Error('chat 7 is closed'))
    fail(new Error('chat 8 is closed'))
    fail(new Error('the chat is closed'))
    expect(await messages()).toEqual(['the chat is closed'])
    expect(await ignored()).toBe(3)
  })

  it('do not hide the reason of a rejection that a library tells of by an event of its own', async () => {
    const { messages } = page()
    dispatchEvent(new CustomEvent('unhandledrejection', { detail: { reason: new Error('of Bluebird') } }))
    dispatchEvent(new CustomEvent('unhandledrejection'))
    expect(await messages()).toEqual(['of Bluebird', 'undefined'])
  })
})

describe('one error', () => {
  it('is recorded once, whichever ways it comes in', async () => {
    const { tracker, errors } = page({ consoleErrors: true })
    const original = console.error
    await vi.waitFor(() => expect(console.error).not.toBe(original))
    const error = new Error('once')
    tracker.captureError(error)
    fail(error)
    console.error('%o\n\n%s', error, 'The above error occurred in the <Pay> component.')
    console.error(error.message)
    console.error('The above error occurred in the <Pay> component:\n\n    at Pay')
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect((await errors()).map((attributes) => attributes['exception.message'])).toEqual(['once'])
  })

  it('that is logged and then thrown has not been handled', async () => {
    const { errors } = page({ consoleErrors: true })
    const original = console.error
    await vi.waitFor(() => expect(console.error).not.toBe(original))
    const error = new Error('uncaught')
    console.error(error)
    fail(error)
    await new Promise((resolve) => setTimeout(resolve, 20))
    expect((await errors()).map((attributes) => attributes['throughline.error.handled'])).toEqual([false])
  })

  it('of React up to 18 in development is recorded when nothing caught it, or a boundary says so', async () => {
    const { tracker, errors } = page()
    function invokeGuardedCallbackDev(error: unknown) {
      fail(error)
    }
    const [error, uncaught] = [new Error('caught'), new Error('uncaught')]
    // It renders a second time before it gives up.
    invokeGuardedCallbackDev(new Error('caught'))
    invokeGuardedCallbackDev(error)
    tracker.captureError(error)
    invokeGuardedCallbackDev(uncaught)
    fail(uncaught)
    expect(
      (await errors()).map((attributes) => [
        attributes['exception.message'],
        attributes['throughline.error.handled'],
      ]),
    ).toEqual([
      ['caught', true],
      ['uncaught', false],
    ])
  })
})

describe('a request that failed', () => {
  it.each(['fetch', 'XMLHttpRequest'])('just before the page is left is recorded: %s', async (how) => {
    const { sink, errors } = page({
      instrumentations: [new FetchInstrumentation(), new XMLHttpRequestInstrumentation()],
    })
    const url = `${sink.endpoint}/orders?status=500`
    if (how === 'fetch') await (await fetch(url)).text()
    else
      await new Promise((resolve) => {
        const xhr = new XMLHttpRequest()
        xhr.open('GET', url)
        xhr.addEventListener('loadend', resolve)
        xhr.send()
      })
    // The instrumentation reads the answer, too, before it knows.
    await new Promise((resolve) => setTimeout(resolve, 50))
    dispatchEvent(new Event('pagehide'))
    expect(await errors()).toMatchObject([
      { 'exception.message': `GET ${location.origin}/sink/:id/orders 500`, 'throughline.step.name': 'cart' },
    ])
    // Its span ends later, and is no second error.
    await new Promise((resolve) => setTimeout(resolve, 600))
    expect(await errors()).toHaveLength(1)
  })

  it('is recorded though a link has been clicked already, if a server answered it', async () => {
    const { sink, errors } = page({ instrumentations: [new FetchInstrumentation()] })
    const { navigation } = globalThis as unknown as { navigation: EventTarget }
    navigation.dispatchEvent(
      Object.assign(new Event('navigate'), {
        destination: { sameDocument: false, url: 'https://shop.example/' },
        downloadRequest: null,
      }),
    )
    await (await fetch(`${sink.endpoint}/orders?status=503`)).text()
    await new Promise((resolve) => setTimeout(resolve, 50))
    dispatchEvent(new Event('pagehide'))
    expect(await errors()).toHaveLength(1)
  })
})

describe('personal data', () => {
  const uuid = '0b6f1a34-9d5c-4c3e-8f21-aab1c2d3e4f5'

  it('stays out of messages, and out of paths of requests', async () => {
    const { sink, tracker, errors } = page({ instrumentations: [new FetchInstrumentation()] })
    tracker.captureError(new Error(`no account for someone@example.com, order ${uuid}`))
    await fetch(`${sink.endpoint}/users/someone@example.com/${uuid}?status=503`)
    await vi.waitFor(async () => expect(await errors()).toHaveLength(2), { timeout: 5000 })
    const [thrown, request] = await errors()
    expect(thrown!['exception.message']).toBe('no account for *, order *')
    expect(thrown!['exception.stacktrace']).toMatch(
      /^Error: no account for \*, order \*\n +at .*capture\.browser\.test/,
    )
    expect(request!['exception.message']).toBe(`GET ${location.origin}/sink/:id/users/:id/:id 503`)
    for (const { body } of await sink.bodies()) expect(body).not.toMatch(/someone@|0b6f1a34/)
  })

  it('stays in where `redact` wants it', async () => {
    const { sink, tracker, errors } = page({
      instrumentations: [new FetchInstrumentation()],
      redact: (key, value, unmasked) => (/message|url/.test(key) ? unmasked : value),
    })
    tracker.captureError(new Error('no account for someone@example.com'))
    await fetch(`${sink.endpoint}/users/someone@example.com?token=1`)
    await vi.waitFor(
      async () => {
        await tracker.flush()
        const spans = await sink.spans('GET')
        expect(spans.map(({ attributes }) => attributes['url.full'])).toContain(
          `${location.origin}${sink.endpoint}/users/someone@example.com`,
        )
      },
      { timeout: 5000 },
    )
    expect((await errors())[0]!['exception.message']).toBe('no account for someone@example.com')
  })
})
