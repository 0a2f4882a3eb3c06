import { ThroughlineProvider } from '@throughline/react'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { RouterProvider } from 'react-router/dom'
import { router } from './router'
import { tracker } from './throughline'

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <ThroughlineProvider tracker={tracker}>
      <RouterProvider router={router} />
    </ThroughlineProvider>
  </StrictMode>,
)
