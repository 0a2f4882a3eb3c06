import { useHypothesis, useStep } from '@throughline/react'
import { useState } from 'react'
import { checkout, shortForm } from './journeys'

interface StageProps {
  readonly go: (to: 'payment' | 'confirmation') => void
}

export function Cart({ go }: StageProps) {
  useStep(checkout, 'cart')
  return (
    <main>
      <h1>Cart</h1>
      <button type="button" onClick={() => go('payment')}>
        Pay
      </button>
    </main>
  )
}

export function Payment({ go }: StageProps) {
  useStep(checkout, 'payment')
  const variant = useHypothesis(shortForm) // the exposure is recorded when it shows
  return (
    <main>
      <h1>Payment</h1>
      {variant === 'control' && (
        <label>
          Address <input name="address" autoComplete="street-address" />
        </label>
      )}
      <button type="button" onClick={() => go('confirmation')}>
        Place the order
      </button>
      <Trouble />
    </main>
  )
}

export function Confirmation() {
  useStep(checkout, 'confirmation')
  return (
    <main>
      <h1>Thank you</h1>
    </main>
  )
}

/** An error to try: the report shows it on the step on which it happens. */
function Trouble() {
  const [isBroken, setBroken] = useState(false)
  if (isBroken) throw new RangeError('no such card')
  return (
    <button type="button" onClick={() => setBroken(true)}>
      Break this page
    </button>
  )
}
