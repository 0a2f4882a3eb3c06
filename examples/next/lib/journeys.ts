import { defineHypothesis, defineJourney } from '@throughline/core'

export const checkout = defineJourney('checkout', {
  version: '1',
  steps: [
    { name: 'cart', at: '/' },
    { name: 'payment', at: '/payment' },
    { name: 'confirmation', at: '/orders/:id' },
  ],
  converts: 'confirmation',
})

export const payInPlace = defineHypothesis('pay-in-place', {
  statement: 'Paying without leaving the page lets more people finish checkout',
  journey: checkout,
  from: 'payment',
  variants: ['control', 'in-place'],
  expect: { metric: 'conversion', relative: 0.1 },
  guardrails: [{ metric: 'errors', relativeAtMost: 0.05 }],
})

export const definitions = { journeys: [checkout], hypotheses: [payInPlace] }
