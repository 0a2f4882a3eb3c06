import { defineHypothesis, defineJourney } from '@throughline/core'

export const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', 'payment', 'confirmation'],
  converts: 'confirmation',
})

export const onePagePayment = defineHypothesis('one-page-payment', {
  statement: 'Payment on one page lets more people finish checkout',
  journey: checkout,
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: 0.1 },
})

export const definitions = { journeys: [checkout], hypotheses: [onePagePayment] }
