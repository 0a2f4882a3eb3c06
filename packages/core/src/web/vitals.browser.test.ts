import { afterEach, describe, expect, it } from 'vitest'
import type { JourneyEvent } from '../event'
import { checkout, memoryStorage } from '../testing'
import { createTracker } from '../tracker'
import { observeNavigation } from './navigation'
import { tools } from './tools'
import type { Measured } from './vitals'
import { observeVitals } from './vitals'

/** No browser measures it. */
const OURS = 123.456

const stopping: AbortController[] = []
afterEach(() => {
  for (const controller of stopping.splice(0)) controller.abort()
})

/** A page whose tracker may have come from the page before. */
function page(storage = memoryStorage()) {
  const controller = new AbortController()
  stopping.push(controller)
  const tracker = createTracker({ journeys: [checkout], storage })
  const vitals: JourneyEvent[] = []
  // The test page has vitals of its own.
  tracker.subscribe((event) => event.attributes['browser.web_vital.value'] === OURS && vitals.push(event))
  const navigations = observeNavigation(tracker, controller.signal)
  const report = observeVitals(tracker, navigations, () => ({}), tools, controller.signal)
  const measured = (name: Measured['name'], more: Partial<Measured> = {}): Measured => ({
    name,
    value: OURS,
    rating: 'good',
    id: `test-${name}`,
    navigationType: 'navigate',
    entries: [],
    ...more,
  })
  return { tracker, vitals, navigations, report, measured, storage }
}

const entryAt = (startTime: number, value = 0) =>
  ({ name: '', entryType: '', startTime, duration: 0, value, toJSON: () => ({}) }) as PerformanceEntry

describe('vitals', () => {
  it('of a load wait for the step that it leads to, and do not land on the step before', () => {
    const before = page()
    before.tracker.enter(checkout, 'cart')
    const { tracker, vitals, report, measured } = page(before.storage)
    expect(tracker.current()?.step).toBe('cart')
    report(measured('TTFB'))
    report(measured('LCP'))
    expect(vitals).toEqual([])
    tracker.enter(checkout, 'payment')
    report(measured('FCP'))
    expect(vitals.map(({ visit }) => visit?.step)).toEqual(['payment', 'payment', 'payment'])
    expect(vitals[0]!.attributes['browser.web_vital.name']).toBe('ttfb')
  })

  it('of a reload land on the step that is entered again', () => {
    const before = page()
    before.tracker.enter(checkout, 'cart')
    const { tracker, vitals, report, measured } = page(before.storage)
    report(measured('LCP', { navigationType: 'reload' }))
    tracker.enter(checkout, 'cart')
    expect(vitals[0]!.visit).toMatchObject({ step: 'cart', attempt: 1 })
  })

  it('of a load that leads to no step belong to none', () => {
    const before = page()
    before.tracker.enter(checkout, 'cart')
    const { tracker, vitals, report, measured, navigations } = page(before.storage)
    report(measured('LCP'))
    navigations.settle()
    expect(vitals[0]!.visit).toBeUndefined()
    expect(vitals[0]!.attributes['throughline.step.name']).toBeUndefined()
    expect(tracker.current()?.step).toBe('cart')
  })

  it('of interactions and shifts belong to the step of their own time, whenever they are reported', async () => {
    const { tracker, vitals, report, measured } = page()
    tracker.enter(checkout, 'cart')
    const inCart = entryAt(performance.now())
    await new Promise((resolve) => setTimeout(resolve, 5))
    tracker.enter(checkout, 'payment')
    const small = entryAt(performance.now() + 1, 0.01)
    report(measured('INP', { entries: [inCart] }))
    report(measured('CLS', { entries: [small, { ...inCart, value: 0.2 } as PerformanceEntry] }))
    report(measured('CLS', { entries: [small] }))
    expect(vitals.map(({ visit }) => visit?.step)).toEqual(['cart', 'cart', 'payment'])
    // One measurement for each visit, though web-vitals has one for both.
    const ids = vitals.map(({ attributes }) => attributes['browser.web_vital.id'])
    expect(new Set(ids).size).toBe(3)
    report(measured('CLS', { entries: [small], id: 'test-another' }))
    expect(vitals.at(-1)!.attributes['browser.web_vital.id']).toBe(ids[2])
  })

  it('the interaction that leads to the first step was on none', () => {
    const { tracker, vitals, report, measured } = page()
    const at = performance.now()
    tracker.navigated(performance.timeOrigin + at, 'soft-navigation')
    tracker.enter(checkout, 'product')
    report(measured('INP', { entries: [entryAt(at)] }))
    expect(vitals[0]).toMatchObject({ visit: undefined })
  })

  it('the interaction that leads to a step was still on the step before', async () => {
    const { tracker, vitals, report, measured } = page()
    tracker.enter(checkout, 'cart')
    await new Promise((resolve) => setTimeout(resolve, 5))
    const click = performance.now()
    tracker.navigated(performance.timeOrigin + click, 'soft-navigation')
    tracker.enter(checkout, 'payment')
    report(measured('INP', { entries: [entryAt(click)] }))
    expect(vitals[0]!.visit!.step).toBe('cart')
    expect(tracker.current()!.start).toBeCloseTo(performance.timeOrigin + click, 2)
  })
})
