import { JourneyErrorBoundary } from '@throughline/react'
import { useState } from 'react'
import { checkout } from './journeys'
import { Cart, Confirmation, Payment } from './stages'

const stages = { cart: Cart, payment: Payment, confirmation: Confirmation }

export function App() {
  const [stage, setStage] = useState<keyof typeof stages>('cart')
  const Stage = stages[stage]
  return (
    // What a stage throws fails its step; trying again enters it again, as the next attempt.
    <JourneyErrorBoundary fails={checkout} fallback={(_, retry) => <Sorry retry={retry} />}>
      <Stage go={setStage} />
    </JourneyErrorBoundary>
  )
}

const Sorry = ({ retry }: { retry: () => void }) => (
  <main>
    <h1>Something went wrong</h1>
    <button type="button" onClick={retry}>
      Try again
    </button>
  </main>
)
