import { defineJourney } from '@throughline/core'
import { startThroughline } from '@throughline/core/web'
import { JourneyErrorBoundary, Step, ThroughlineProvider } from '@throughline/react'
import type { ReactNode } from 'react'
import { Component, useState } from 'react'
import { createRoot } from 'react-dom/client'

const journey = defineJourney('shop', { version: '1', steps: ['cart', 'payment', 'done'], converts: 'done' })
const tracker = startThroughline({
  serviceName: 'react',
  endpoint: '/otlp',
  journeys: [journey],
  consoleErrors: true,
})

function Breaks({ as }: { as: string }) {
  const [isBroken, setBroken] = useState(false)
  if (isBroken) throw new RangeError(as)
  return (
    <button type="button" onClick={() => setBroken(true)}>
      {as}
    </button>
  )
}

/** A boundary of the application's own: it tells nobody. */
class Boundary extends Component<{ children: ReactNode }> {
  override state = { isBroken: false }
  static getDerivedStateFromError = () => ({ isBroken: true })
  override render() {
    return this.state.isBroken ? 'sorry' : this.props.children
  }
}

createRoot(document.querySelector('#root')!, {
  onCaughtError: (error, { componentStack }) =>
    tracker.captureError(error, { handled: true, componentStack }),
  onUncaughtError: (error, { componentStack }) =>
    tracker.captureError(error, { handled: false, componentStack }),
}).render(
  <ThroughlineProvider tracker={tracker}>
    <Step journey={journey} name="payment">
      <JourneyErrorBoundary fallback="sorry">
        <Breaks as="ours" />
      </JourneyErrorBoundary>
      <Boundary>
        <Breaks as="theirs" />
      </Boundary>
      <Breaks as="nobody" />
    </Step>
  </ThroughlineProvider>,
)
