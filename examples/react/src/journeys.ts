import { defineHypothesis, defineJourney } from '@throughline/core'

// The stages of a checkout within one page. They have no addresses, so their components enter them.
export const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'confirmation'],
  converts: 'confirmation',
})

export const shortForm = defineHypothesis('short-form', {
  statement: 'A payment form without an address lets more people finish checkout',
  journey: checkout,
  from: 'payment',
  variants: ['control', 'short'],
  expect: { metric: 'conversion', relative: 0.1 },
  guardrails: [{ metric: 'errors', relativeAtMost: 0.05 }],
})
