import { defineJourney } from '@throughline/core'

/** The journey that the pages and their server share. */
export const journey = defineJourney('shop', {
  version: '1',
  steps: ['product', 'cart', 'payment', 'done'],
  converts: 'done',
})
export type Step = 'product' | 'cart' | 'payment' | 'done'
