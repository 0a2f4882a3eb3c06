import { defineJourney } from '@throughline/core'

export const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'done'],
  converts: 'done',
})
