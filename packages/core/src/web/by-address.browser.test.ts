import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { userEvent } from 'vitest/browser'
import type { JourneyEvent } from '../event'
import { defineHypothesis } from '../hypothesis'
import { defineJourney } from '../journey'
import { createSink, start, stopAll } from './testing'

const shop = defineJourney('shop', {
  version: '1',
  steps: [
    { name: 'product', at: '/products/:id' },
    { name: 'cart', at: '/cart' },
    'shipping',
    { name: 'payment', at: '/checkout/payment' },
    { name: 'confirmation', at: '/orders/:id' },
  ],
  converts: 'confirmation',
})
const onePage = defineHypothesis('one-page', {
  statement: 'One page is enough',
  journey: shop,
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: 0.1 },
})

const home = location.href
const go = (address: string, state?: unknown) => history.pushState(state, '', address)

beforeEach(() => vi.spyOn(console, 'error').mockReturnValue())
afterEach(async () => {
  await stopAll()
  vi.unstubAllGlobals()
  vi.restoreAllMocks()
  document.body.replaceChildren()
  history.replaceState(null, '', home)
})

/** A page at an address, and what was entered, left and ready on it. */
function at(address: string, options: Partial<Parameters<typeof start>[0]> = {}) {
  history.replaceState(null, '', address)
  const throughline = start({
    endpoint: createSink().endpoint,
    journeys: [shop],
    hypotheses: [onePage],
    ...options,
  } as never)
  const events: JourneyEvent[] = []
  throughline.subscribe((event) => events.push(event))
  const steps = () =>
    events
      .filter(({ name }) => /enter|leave|end/.test(name))
      .map(({ name, visit }) => `${name.split('.').at(-1)} ${visit?.step}`)
  return { throughline, events, steps, step: () => throughline.current(shop)?.step }
}

describe('a step with an address', () => {
  it('is entered as the page loads, from its navigation on, once variants are assigned', async () => {
    const { throughline, events } = at('/products/7')
    throughline.assign(onePage, 'one-page')
    await vi.waitFor(() => expect(events).not.toEqual([]))
    expect(events[0]).toMatchObject({
      name: 'throughline.step.enter',
      visit: { step: 'product' },
      attributes: { 'throughline.hypothesis.one-page': 'one-page', 'throughline.step.start': 'navigation' },
    })
  })

  it('is entered after each change of the address, back and forward too; elsewhere its step is left', async () => {
    const { steps, step } = at('/products/7')
    await vi.waitFor(() => expect(step()).toBe('product'))
    go('/cart')
    expect(step()).toBe('cart')
    history.replaceState(null, '', '/cart?coupon=1')
    go('/checkout/payment')
    history.back()
    await vi.waitFor(() => expect(step()).toBe('cart'))
    go('/about')
    expect(step()).toBeUndefined()
    go('/orders/7')
    expect(steps()).toEqual([
      ...['enter product', 'leave product', 'enter cart', 'leave cart', 'enter payment', 'leave payment'],
      ...['enter cart', 'leave cart', 'enter confirmation', 'end confirmation'],
    ])
  })

  it('is entered without a Navigation API, too; what was wrapped for that is put back', async () => {
    vi.stubGlobal('navigation', undefined)
    const before = [history.pushState, history.replaceState]
    const { throughline, step } = at('/cart')
    await vi.waitFor(() => expect(step()).toBe('cart'))
    go('/checkout/payment')
    expect(step()).toBe('payment')
    history.replaceState(null, '', '/products/7')
    expect(step()).toBe('product')
    history.back()
    await vi.waitFor(() => expect(step()).toBe('cart'))
    await throughline.stop()
    expect([history.pushState, history.replaceState]).toEqual(before)
  })

  it('is not entered where the application has entered another one since the navigation began', async () => {
    const { throughline, steps, step } = at('/products/7')
    await vi.waitFor(() => expect(step()).toBe('product'))
    const button = document.createElement('button')
    // A router that changes the address once the page is there.
    button.onclick = () => {
      throughline.enter(shop, 'shipping')
      go('/cart')
    }
    document.body.append(button)
    await userEvent.click(button)
    expect(step()).toBe('shipping')
    expect(steps()).toEqual(['enter product', 'leave product', 'enter shipping'])
  })

  it('stays where addressOf says that an address does not count, and is entered by the one that it names', async () => {
    const addressOf = (address: URL) =>
      history.state?.isModal ? undefined : address.pathname.replace('/de/', '/')
    const { step } = at('/de/cart', { addressOf })
    await vi.waitFor(() => expect(step()).toBe('cart'))
    go('/products/7', { isModal: true })
    expect(step()).toBe('cart')
    go('/de/products/7')
    expect(step()).toBe('product')
  })

  it('an addressOf that throws, or answers with no address, breaks nothing', async () => {
    let answer: () => unknown = () => {
      throw new Error('hostile')
    }
    const { step } = at('/cart', { addressOf: () => answer() as never })
    await Promise.resolve()
    answer = () => 'http://['
    go('/checkout/payment')
    expect(step()).toBeUndefined()
    answer = () => location.href
    go('/cart')
    expect(step()).toBe('cart')
  })
})

describe('its readiness', () => {
  const ready = (events: readonly JourneyEvent[]) =>
    events.filter(({ name }) => name === 'throughline.step.ready').map(({ attributes }) => attributes)

  it('is the last change of the page before it came to rest, and is marked as observed', async () => {
    const { events, step } = at('/cart')
    await vi.waitFor(() => expect(step()).toBe('cart'))
    go('/checkout/payment')
    const entered = performance.now()
    await vi.waitFor(() => expect(performance.now() - entered).toBeGreaterThan(200))
    document.body.append('the form')
    const shown = performance.now()
    await vi.waitFor(() => expect(ready(events)).toHaveLength(1), 10_000)
    expect(ready(events)).toEqual([
      expect.objectContaining({
        'throughline.step.ready_source': 'auto',
        'throughline.step.name': 'payment',
      }),
    ])
    const ms = ready(events)[0]!['throughline.step.ready_ms'] as number
    expect(ms).toBeGreaterThanOrEqual(shown - entered - 1)
    expect(ms).toBeLessThan(performance.now() - entered - 400)
  })

  it('is what the application says where it says so', async () => {
    const { throughline, events, step } = at('/cart')
    await vi.waitFor(() => expect(step()).toBe('cart'))
    throughline.ready(shop)
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(ready(events).map((own) => own['throughline.step.ready_source'])).toEqual(['app'])
  })

  it('is not observed of a step that the application has entered, nor after it was left', async () => {
    const { throughline, events, step } = at('/cart')
    await vi.waitFor(() => expect(step()).toBe('cart'))
    throughline.enter(shop, 'shipping')
    await new Promise((resolve) => setTimeout(resolve, 1000))
    expect(ready(events)).toEqual([])
  })
})
