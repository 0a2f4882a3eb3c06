import { ThroughlineProvider } from '@throughline/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app'
import { startFlags } from './flags'
import './styles.css'
import { tracker } from './telemetry'

// The flags come with the page, so nobody waits for them; without them the shop shows the control.
startFlags()
  .catch((error) => console.warn('the flags did not start', error))
  .finally(() =>
    createRoot(document.getElementById('root')!).render(
      <StrictMode>
        <ThroughlineProvider tracker={tracker}>
          <App />
        </ThroughlineProvider>
      </StrictMode>,
    ),
  )
