import { ThroughlineProvider } from '@throughline/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './App'
import { tracker } from './throughline'

createRoot(document.getElementById('root')!, {
  // Errors that a boundary of your own catches are told to the root alone.
  onCaughtError: (error, { componentStack }) =>
    tracker.captureError(error, { handled: true, componentStack }),
  onUncaughtError: (error, { componentStack }) =>
    tracker.captureError(error, { handled: false, componentStack }),
}).render(
  <StrictMode>
    <ThroughlineProvider tracker={tracker}>
      <App />
    </ThroughlineProvider>
  </StrictMode>,
)
