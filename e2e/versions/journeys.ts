import { defineJourney } from '@throughline/core'

/** What is in bundles that were cached before the deploy, and on servers that are still the old ones. */
export const before = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'done'],
  converts: 'done',
})

/** What the deploy brings: a step more, in the middle. */
export const after = defineJourney('checkout', {
  version: '2',
  steps: ['cart', 'address', 'payment', 'done'],
  converts: 'done',
})
