import { defineJourney } from '@throughline/core'

export const checkout = defineJourney('checkout', {
  version: '1',
  steps: [
    { name: 'cart', at: '/cart' },
    { name: 'payment', at: '/payment' },
    { name: 'done', at: '/orders/:id' },
  ],
  converts: 'done',
})
