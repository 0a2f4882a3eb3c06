import { defineJourney } from '@throughline/core'

export const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'confirmation'],
  converts: 'confirmation',
})
