import { defineJourney } from '@throughline/core'

export const checkout = defineJourney('checkout', {
  version: '1',
  steps: [
    { name: 'cart', at: '/' },
    { name: 'payment', at: '/payment' },
    { name: 'confirmation', at: '/orders/:id' },
  ],
  converts: 'confirmation',
})
