import { defineHypothesis, defineJourney } from '@throughline/core'

export const shop = defineJourney('shop', {
  version: '1',
  steps: ['cart', 'payment', 'done'],
  converts: 'done',
})

export const onePage = defineHypothesis('one-page', {
  statement: 'Payment on one page lets more people finish',
  journey: shop,
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: 0.1 },
})
