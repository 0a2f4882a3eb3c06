'use client'

import { defineJourney } from '@throughline/core'
import { startThroughline } from '@throughline/core/web'
import { JourneyErrorBoundary, Step, ThroughlineProvider, useCaptureError } from '@throughline/react'
import { useState } from 'react'

export const journey = defineJourney('shop', {
  version: '1',
  steps: ['cart', 'payment', 'done'],
  converts: 'done',
})
const endpoint =
  typeof window === 'undefined' ? '/otlp' : new URLSearchParams(location.search).get('to') || '/otlp'
const tracker = startThroughline({ serviceName: 'next', endpoint, journeys: [journey] })

export function Shop({ children }) {
  return (
    <ThroughlineProvider tracker={tracker}>
      <JourneyErrorBoundary fails={journey} fallback={<h1>our fallback</h1>}>
        {children}
      </JourneyErrorBoundary>
    </ThroughlineProvider>
  )
}

export const At = ({ name, children }) => (
  <Step journey={journey} name={name}>
    {children}
  </Step>
)

export function Broken() {
  const [isBroken, setBroken] = useState(false)
  if (isBroken) throw new RangeError('no such card')
  return (
    <button type="button" onClick={() => setBroken(true)}>
      break
    </button>
  )
}

export function Captured({ error }) {
  useCaptureError(error)
  return <h1>error page</h1>
}
