import { afterEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import { checkout } from '../testing'
import { createTracker } from '../tracker'
import { observeNavigation } from './navigation'

const stopping: AbortController[] = []
afterEach(() => {
  for (const controller of stopping.splice(0)) controller.abort()
  document.body.replaceChildren()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

/** A page whose URL the test changes, at any time. */
function page() {
  const navigation = Object.assign(new EventTarget(), { currentEntry: { url: 'https://shop.example/' } })
  vi.stubGlobal('navigation', navigation)
  const controller = new AbortController()
  stopping.push(controller)
  const tracker = createTracker({ journeys: [checkout] })
  observeNavigation(tracker, controller.signal)
  const starts: unknown[] = []
  tracker.subscribe(({ attributes }) => starts.push(attributes['throughline.step.start']))
  return {
    tracker,
    change(navigationType: string, at = performance.now()) {
      const event = Object.assign(new Event('currententrychange'), {
        navigationType,
        from: { url: 'before' },
      })
      Object.defineProperty(event, 'timeStamp', { value: at })
      navigation.dispatchEvent(event)
    },
    /** Where a step begins that is entered now, in ms of the page's clock; and by what. */
    entered(step: 'product' | 'cart' | 'payment') {
      tracker.enter(checkout, step)
      return [tracker.current()!.start - performance.timeOrigin, starts.at(-1)] as const
    },
  }
}

function element<K extends 'button' | 'input'>(name: K) {
  const made = document.createElement(name)
  document.body.append(made)
  return made
}

describe('a change of the URL', () => {
  it('long after a click begins with it; after typing, it begins by itself', async () => {
    const { change, entered } = page()
    entered('product')
    await userEvent.type(element('input'), 'a')
    const pushed = performance.now() + 5000
    change('push', pushed)
    const [start, kind] = entered('cart')
    expect(start).toBeCloseTo(pushed, 0)
    expect(kind).toBe('soft-navigation')

    const later = page()
    later.entered('product')
    await userEvent.click(element('button'))
    const clicked = performance.now()
    later.change('push', clicked + 5000)
    expect(later.entered('cart')[0]).toBeLessThanOrEqual(clicked)
  })

  it('is a redirect while a page starts, and a navigation when the load has led to no step', () => {
    const redirected = page()
    redirected.change('push')
    expect(redirected.entered('cart')).toEqual([expect.closeTo(0, 0), 'navigation'])

    const landed = page()
    const pushed = performance.now() + 20_000
    landed.change('push', pushed)
    expect(landed.entered('cart')).toEqual([expect.closeTo(pushed, 0), 'soft-navigation'])
  })

  it.each([
    ['push', 10_000],
    ['replace', 3000],
  ])('(%s) that leads to no step leaves alone what is entered much later', async (type, ms) => {
    const { change, entered } = page()
    entered('product')
    await userEvent.click(element('button'))
    vi.useFakeTimers({ toFake: ['setTimeout'] })
    change(type)
    vi.advanceTimersByTime(ms)
    expect(entered('cart')[1]).toBe('call')
  })
})
