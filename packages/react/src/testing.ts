import type { JourneyEvent } from '@throughline/core'
import { createTracker, defineHypothesis, defineJourney } from '@throughline/core'
import { createElement } from 'react'
import { Step, useHypothesis } from './index'

export const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'confirmation'],
  converts: 'confirmation',
})

export const signup = defineJourney('signup', {
  version: '1',
  steps: ['form', 'welcome'],
  converts: 'welcome',
})

export const form = defineJourney('form', {
  version: '1',
  steps: ['one', 'two', 'three', 'four', 'done'],
  converts: 'done',
})

export const onePage = defineHypothesis('one-page', {
  statement: 'One page is easier',
  journey: checkout,
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: 0.1 },
})

/** A tracker and the names of what it recorded. */
export function recordingTracker() {
  const tracker = createTracker({ journeys: [checkout, signup, form], hypotheses: [onePage] })
  const events: JourneyEvent[] = []
  tracker.subscribe((event) => events.push(event))
  return { tracker, events, names: () => events.map(({ name }) => name.replace('throughline.', '')) }
}

export function Variant() {
  return createElement('p', null, useHypothesis(onePage))
}

/** A step that shows a variant. */
export function Page() {
  return createElement(Step, { journey: checkout, name: 'payment' } as never, createElement(Variant))
}

/** What a server makes of it. */
export const SERVED = '<p>control</p>'
