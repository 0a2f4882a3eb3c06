import { expect, test } from 'vitest'
import { createTestTracker } from './test-tracker'
import { checkout, onePage, signup } from './testing'

test('what a test does is in an array, in order', async () => {
  const tracker = createTestTracker({ journeys: [checkout, signup], hypotheses: [onePage] })
  tracker.enter(checkout, 'cart')
  tracker.enter(checkout, 'payment')
  tracker.expose(onePage, 'one-page')
  tracker.captureError(new TypeError('no'), { handled: false })
  tracker.captureError(Promise.resolve())
  tracker.convert(checkout, { value: 40, currency: 'EUR' })
  await tracker.flush()
  await tracker.stop()
  expect(tracker.lines()).toEqual([
    'step.enter checkout/cart',
    'step.leave checkout/cart',
    'step.enter checkout/payment',
    'exposure checkout/payment',
    'exception checkout/payment TypeError: no',
    'run.end checkout/payment',
  ])
  expect(tracker.events.at(-1)!.attributes).toMatchObject({ 'throughline.conversion.value': 40 })
})

test('an error is on the step of the journey that it is said to belong to', () => {
  const tracker = createTestTracker({ journeys: [checkout, signup] })
  tracker.enter(checkout, 'cart')
  tracker.enter(signup, 'form')
  tracker.captureError('a text', { journey: checkout })
  expect(tracker.lines().at(-1)).toBe('exception checkout/cart string: a text')
})
