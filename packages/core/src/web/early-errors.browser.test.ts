import { afterEach, expect, it } from 'vitest'
import type { JourneyEvent } from '../event'
import { checkout } from '../testing'
import { createTracker } from '../tracker'
import { earlyErrors } from './early-errors'
import { observeErrors } from './errors'
import { tools } from './tools'

let stopping: AbortController | undefined
afterEach(() => stopping?.abort())

/** A page that has started, but has not loaded what reads errors. */
function page() {
  stopping = new AbortController()
  const { signal } = stopping
  const tracker = createTracker({ journeys: [checkout] })
  const recorded: JourneyEvent[] = []
  tracker.subscribe((event) => event.name === 'exception' && recorded.push(event))
  const early = earlyErrors(tracker, (said) => said.includes('known'), signal)
  const load = () => {
    const navigations = {
      ledTo: (_: number, then: (visit: null) => void) => then(null),
      began: () => 0,
      settle() {},
    }
    early.hand(observeErrors(tracker, navigations, tools, signal))
  }
  return { tracker, recorded, early, load }
}

const thrown = (error: unknown, message = 'message') =>
  dispatchEvent(new ErrorEvent('error', { error, message }))
const rejected = (reason: unknown) =>
  dispatchEvent(new PromiseRejectionEvent('unhandledrejection', { promise: Promise.resolve(), reason }))

it('errors from before the code that reads them had loaded keep their time and their step', async () => {
  const { tracker, recorded, early, load } = page()
  tracker.enter(checkout, 'cart')
  const before = tools.epochOf(performance.now())
  thrown(new TypeError('thrown early'))
  rejected(new Error('rejected early'))
  early.capture(new Error('captured early'))
  const after = tools.epochOf(performance.now())
  await new Promise((resolve) => setTimeout(resolve, 20))
  tracker.enter(checkout, 'payment')
  expect(recorded).toEqual([])
  load()
  early.flush()
  expect(recorded.map(({ attributes }) => attributes['exception.message'])).toEqual([
    'thrown early',
    'rejected early',
    'captured early',
  ])
  for (const { time, visit, attributes } of recorded) {
    expect(time).toBeGreaterThanOrEqual(before)
    expect(time).toBeLessThanOrEqual(after)
    expect(visit!.step).toBe('cart')
    expect(attributes['exception.stacktrace']).toContain('Error')
  }
  expect(recorded.map(({ attributes }) => attributes['throughline.error.handled'])).toEqual([
    false,
    false,
    true,
  ])
})

it('a page that goes before, or never gets that code, loses none: it is recorded, masked, or counted', () => {
  const { tracker, recorded, early } = page()
  tracker.enter(checkout, 'cart')
  thrown(new TypeError('no account of someone@example.com at https://a.example/x?token=secret'))
  // Whether these are the page's, nobody can tell yet.
  thrown(undefined, 'ResizeObserver loop completed with undelivered notifications.')
  rejected(new TypeError('Failed to fetch'))
  thrown(new Error('well known'))
  thrown(new DOMException('aborted', 'AbortError'))
  // What a framework throws to steer is no error at all.
  early.capture(Object.assign(new Error('NEXT_REDIRECT'), { digest: 'NEXT_REDIRECT;/login' }))
  early.flush()
  expect(recorded.map(({ attributes }) => attributes)).toEqual([
    expect.objectContaining({
      'exception.type': 'TypeError',
      'exception.message': 'no account of * at https://a.example/x',
      'throughline.error.fingerprint': expect.stringMatching(/^[\da-f]+$/),
      'throughline.step.name': 'cart',
    }),
  ])
  expect(early.ignored()).toBe(4)
  // Once is enough.
  early.flush()
  expect(recorded).toHaveLength(1)
})

it('more of them than a page can keep are counted', () => {
  const { tracker, recorded, early } = page()
  tracker.enter(checkout, 'cart')
  for (let i = 0; i < 300; i++) early.capture(new Error('again'))
  early.flush()
  expect(recorded.length + early.ignored()).toBe(300)
  expect(early.ignored()).toBe(50)
})
