import { defineHypothesis, defineJourney } from '@throughline/core'

/** The journey that the pages and their server share. */
export const journey = defineJourney('shop', {
  version: '1',
  steps: ['product', 'cart', 'payment', 'done'],
  converts: 'done',
})
export type Step = 'product' | 'cart' | 'payment' | 'done'

export const hypothesis = defineHypothesis('one-page', {
  statement: 'One page is easier',
  journey,
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: 0.1 },
})
