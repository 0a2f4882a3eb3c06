import { defineHypothesis, defineJourney } from '@throughline/core'

// The one definition that the browser, the server, the visitors and the report share.

export const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['product', 'cart', { name: 'shipping', optional: true }, 'payment', 'confirmation'],
  converts: 'confirmation',
  within: '5m',
  idle: '10m',
  // What user research asks for: three people in four see the product, and can pay, within these times.
  ready: { product: { p75: 1500 }, payment: { p75: 2000 } },
})

export const onePagePayment = defineHypothesis('one-page-payment', {
  statement: 'Address and payment on one page let more people finish checkout',
  journey: checkout,
  from: 'shipping',
  variants: ['control', 'one-page'],
  weights: [0.5, 0.5],
  expect: { metric: 'conversion', relative: +0.1 },
  guardrails: [
    { metric: 'inp', step: 'payment', p75AtMost: 200 },
    { metric: 'errors', relativeAtMost: 0.05 },
  ],
  flag: 'one-page-payment',
})

export const journeys = [checkout]
export const hypotheses = [onePagePayment]
