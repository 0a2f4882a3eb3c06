import { getJourney } from '@throughline/node'
import { useStep } from '@throughline/react'
import { useState } from 'react'
import { Form, redirect } from 'react-router'
import { checkout } from '../journeys'

export async function action({ request }: { request: Request }) {
  const form = await request.formData()
  getJourney()?.convert(checkout, { value: 40, currency: 'EUR', key: `${form.get('key')}` })
  throw redirect('/done')
}

function Broken() {
  const [isBroken, setBroken] = useState(false)
  if (isBroken) throw new RangeError('no such card')
  return (
    <button type="button" onClick={() => setBroken(true)}>
      break
    </button>
  )
}

export default function Payment() {
  useStep(checkout, 'payment')
  return (
    <Form method="post">
      <input type="hidden" name="key" value="order-7" />
      <button type="submit">buy</button>
      <Broken />
    </Form>
  )
}
