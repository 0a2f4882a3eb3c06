import type { Journey } from '@throughline/core'
import { defineHypothesis, defineJourney } from '@throughline/core'

// What the random runs of world.ts go through, as tests declare it.

const common = { converts: 'confirmation', within: '2h', ready: { payment: { p75: 2000 } } } as const

export const checkout = defineJourney('checkout', {
  ...common,
  version: '1',
  steps: ['product', 'cart', { name: 'shipping', optional: true }, 'payment', 'confirmation'],
})

/** Its next version, with one step more. */
export const checkout2 = defineJourney('checkout', {
  ...common,
  version: '2',
  steps: [
    'product',
    'cart',
    { name: 'shipping', optional: true },
    { name: 'upsell', optional: true },
    'payment',
    'confirmation',
  ],
})

/** A hypothesis about payment. */
export const onePageOf = (journey: Journey) =>
  defineHypothesis('one-page', {
    statement: 'Payment on one page lets more people finish checkout',
    journey,
    from: 'payment',
    variants: ['control', 'one-page'],
    expect: { metric: 'conversion', relative: 0.1 },
  })
