import { fireEvent, render, screen } from '@testing-library/react'
import { ThroughlineProvider } from '@throughline/react'
import { onePage, shop } from './journeys'
import { Payment } from './payment'
import { tracker } from './telemetry'

test('an application that starts Throughline as it is imported runs without a browser', async () => {
  tracker.assign(onePage, 'control')
  render(
    <ThroughlineProvider tracker={tracker}>
      <Payment />
    </ThroughlineProvider>,
  )
  tracker.captureError(new Error('declined'))
  fireEvent.click(screen.getByText('pay on control, payment'))
  expect(tracker.current(shop)?.step).toBe('done')
  window.dispatchEvent(new Event('pagehide'))
  await tracker.flush()
})
