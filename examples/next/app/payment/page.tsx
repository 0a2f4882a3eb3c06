import { getJourney } from '@throughline/node'
import { cookies } from 'next/headers'
import { action } from '../../lib/request-journey'
import { VISITOR, variantOf } from '../../lib/visitor'
import { Payment } from './payment'

/** The server decides the variant, and renders it: the browser shows the same one from the start. */
export default action(async () => {
  const visitor = (await cookies()).get(VISITOR)?.value
  const run = getJourney()?.current()?.run
  return (
    <main>
      <h1>Payment</h1>
      <Payment variant={visitor ? variantOf(visitor) : 'control'} />
      {run && <p>Trouble? Tell us this number: {run}</p>}
    </main>
  )
})
