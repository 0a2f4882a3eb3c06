import { ThroughlineProvider } from '@throughline/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { App } from './app'
import './styles.css'
import { tracker } from './telemetry'

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <ThroughlineProvider tracker={tracker}>
      <App />
    </ThroughlineProvider>
  </StrictMode>,
)
