'use client'

import { useHypothesis } from '@throughline/react'
import { useRouter } from 'next/navigation'
import { useState } from 'react'
import { payInPlace } from '../../lib/journeys'
import { pay } from './actions'

/** @param props.variant what the server has decided; the exposure is recorded when it shows */
export function Payment(props: { variant: 'control' | 'in-place' }) {
  const variant = useHypothesis(payInPlace, props)
  return (
    <section data-variant={variant}>
      {variant === 'control' ? <Form /> : <Button />}
      <Trouble />
    </section>
  )
}

/** A form whose server action redirects. */
const Form = () => (
  <form action={pay}>
    <button type="submit">Place the order</button>
  </form>
)

/** A request to a route handler. */
function Button() {
  const router = useRouter()
  const order = async () => {
    const response = await fetch('/api/orders', { method: 'POST', body: JSON.stringify({ quantity: 1 }) })
    router.push(`/orders/${(await response.json()).id}`)
  }
  return (
    <button type="button" onClick={order}>
      Place the order
    </button>
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
