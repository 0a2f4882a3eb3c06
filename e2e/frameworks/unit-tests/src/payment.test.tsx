import { fireEvent, render, screen } from '@testing-library/react'
import { createTestTracker } from '@throughline/core/testing'
import { ThroughlineProvider } from '@throughline/react'
import { onePage, shop } from './journeys'
import { Payment } from './payment'

test('paying ends the journey, and what was met is recorded', () => {
  const tracker = createTestTracker({ journeys: [shop], hypotheses: [onePage], subject: 'visitor-1' })
  tracker.assign(onePage, 'one-page')
  render(
    <ThroughlineProvider tracker={tracker}>
      <Payment />
    </ThroughlineProvider>,
  )
  fireEvent.click(screen.getByText('pay on one-page, payment'))
  expect(tracker.lines()).toEqual([
    'step.enter shop/payment',
    'exposure shop/payment',
    'step.leave shop/payment',
    'step.enter shop/done',
    'run.end shop/done',
  ])
})
