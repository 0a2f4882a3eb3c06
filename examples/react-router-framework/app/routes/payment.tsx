import { useState } from 'react'
import { Form, redirect } from 'react-router'
import { place } from '../orders.server'

export async function action() {
  const order = await place(1)
  return redirect(`/orders/${order.id}`)
}

export default function Payment() {
  return (
    <main>
      <h1>Payment</h1>
      <Form method="post">
        <button type="submit">Place the order</button>
      </Form>
      <Trouble />
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
