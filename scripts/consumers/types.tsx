// Compiled in an empty project by scripts/check-consumers.ts, with each version of TypeScript.
import { createTracker, defineHypothesis, defineJourney } from '@throughline/core'
import { startThroughline as startParts, throughlineParts } from '@throughline/core/parts'
import { createTestTracker } from '@throughline/core/testing'
import { startThroughline } from '@throughline/core/web'
import type { RequestOptions } from '@throughline/node'
import { getJourney, throughline, withRequestJourney } from '@throughline/node'
import { throughline as next } from '@throughline/node/next'
import { ThroughlineProvider, useHypothesis, useStep } from '@throughline/react'
import * as React from 'react'

const checkout = defineJourney('checkout', {
  version: '1',
  steps: ['cart', { name: 'payment', at: '/payment', optional: true }, 'done'],
  converts: 'done',
  confirms: { at: 'POST /orders' },
})
const onePage = defineHypothesis('one-page', {
  statement: 's',
  journey: checkout,
  variants: ['control', 'one-page'],
  expect: { metric: 'conversion', relative: 0.1 },
})
const tracker = startThroughline({
  serviceName: 'shop',
  endpoint: '/otlp',
  journeys: [checkout],
  hypotheses: [onePage],
})
tracker.enter(checkout, 'payment')
// @ts-expect-error: no such step
tracker.enter(checkout, 'paiment')
const options: RequestOptions<{ headers: Headers }> = { journeys: [checkout] }
export function Payment() {
  useStep(checkout, 'payment')
  const variant: 'control' | 'one-page' = useHypothesis(onePage)
  return (
    <ThroughlineProvider tracker={createTestTracker({ journeys: [checkout] })}>{variant}</ThroughlineProvider>
  )
}
export const POST = (request: { headers: Headers }) =>
  withRequestJourney(options, request, () => getJourney()?.convert(checkout, { value: 40, currency: 'EUR' }))
export const all = [createTracker, startParts, throughlineParts, throughline, next, React]
