import type { JourneyEvent } from '@throughline/core'
import { createTracker, defineHypothesis, defineJourney } from '@throughline/core'

export const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'confirmation'],
  converts: 'confirmation',
})

export const onePage = defineHypothesis('one-page', {
  statement: 'One page is easier',
  journey: checkout,
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: 0.1 },
})

/** A tracker and the names of what it recorded. */
export function recordingTracker() {
  const tracker = createTracker({ journeys: [checkout], hypotheses: [onePage] })
  const events: JourneyEvent[] = []
  tracker.subscribe((event) => events.push(event))
  return { tracker, events, names: () => events.map(({ name }) => name.replace('throughline.', '')) }
}
