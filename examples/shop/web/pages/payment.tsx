import { useStep } from '@throughline/react'
import type { FormEvent } from 'react'
import { checkout } from '../../journeys'
import { quote } from '../../shared/pricing'
import { useBasket } from '../basket'
import { Card } from '../parts/card'
import { Heading } from '../parts/frame'
import { Steps } from '../parts/steps'
import { Summary } from '../parts/summary'
import { usePayment } from '../parts/use-payment'
import { Link } from '../router'

/** The control's second page. */
export function PaymentPage() {
  const payment = usePayment()
  const { lines, address, delivery } = useBasket()
  useStep(checkout, 'payment', { ready: payment.ready })
  const submit = (event: FormEvent) => {
    event.preventDefault()
    payment.pay()
  }
  return (
    <>
      <Steps names={['Address', 'Payment']} current={1} />
      <Heading>Payment</Heading>
      <div className="checkout">
        <form onSubmit={submit}>
          <section className="recap">
            <p>
              {address.name}
              <br />
              {address.street}, {address.postcode} {address.city}
            </p>
            <Link href="/checkout">Change</Link>
          </section>
          <Card payment={payment} total={quote(lines).subtotal + (delivery?.price ?? 0)} />
        </form>
        <Summary />
      </div>
    </>
  )
}
