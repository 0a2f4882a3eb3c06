import { useCaptureError } from '@throughline/react'
import { useState } from 'react'
import { Link, useNavigate, useParams, useRouteError } from 'react-router'

export function Cart() {
  return (
    <main>
      <h1>Cart</h1>
      <Link to="/payment">Pay</Link>
    </main>
  )
}

export function Payment() {
  const navigate = useNavigate()
  return (
    <main>
      <h1>Payment</h1>
      <button type="button" onClick={() => navigate('/orders/7')}>
        Place the order
      </button>
      <Trouble />
    </main>
  )
}

export function Order() {
  return (
    <main>
      <h1>Thank you</h1>
      <p>Your order has the number {useParams().id}.</p>
    </main>
  )
}

/** React Router shows this for what a page throws, before the window hears of it. */
export function ErrorPage() {
  useCaptureError(useRouteError())
  return <h1>Something went wrong</h1>
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
