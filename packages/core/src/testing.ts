import type { JourneyEvent } from './event'
import { defineHypothesis } from './hypothesis'
import { defineJourney } from './journey'
import { createTracker } from './tracker'
import type { TrackerOptions } from './tracker-types'

export const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['product', 'cart', { name: 'shipping', optional: true }, 'payment', 'confirmation'],
  converts: 'confirmation',
  ready: { payment: { p75: 2000 } },
})

export const signup = defineJourney('signup', {
  version: '2',
  steps: ['form', 'welcome'],
  converts: 'welcome',
  idle: '10m',
})

export const onePage = defineHypothesis('one-page-payment', {
  statement: 'Payment on one page lets more people finish checkout',
  journey: checkout,
  from: 'payment',
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: 0.1 },
})

/** A storage as browsers have it, in memory. */
export function memoryStorage(entries = new Map<string, string>()) {
  return {
    entries,
    getItem: (key: string) => entries.get(key) ?? null,
    setItem: (key: string, value: string) => void entries.set(key, value),
    removeItem: (key: string) => void entries.delete(key),
  }
}

/** A tracker whose clock the test moves, with every event that it emitted. */
export function trackerAt(time: number, options: Partial<TrackerOptions> = {}) {
  const clock = { now: time }
  const events: JourneyEvent[] = []
  const tracker = createTracker({
    journeys: [checkout, signup],
    hypotheses: [onePage],
    now: () => clock.now,
    ...options,
  })
  tracker.subscribe((event) => events.push(event))
  const names = () => events.map(({ name }) => name.replace('throughline.', ''))
  return { clock, events, names, tracker }
}
