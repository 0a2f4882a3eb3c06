import { useStep } from '@throughline/react'
import { checkout } from '../../journeys'
import { euros } from '../../shared/pricing'
import { useBasket } from '../basket'
import { Heading } from '../parts/frame'
import { Link } from '../router'
import { NotFoundPage } from './not-found'

function Confirmed() {
  const order = useBasket().order!
  useStep(checkout, 'confirmation', { ready: true })
  return (
    <section className="confirmed">
      <svg viewBox="0 0 48 48" aria-hidden="true">
        <circle cx="24" cy="24" r="22" fill="var(--glaze)" />
        <path d="m14 25 7 7 13-15" fill="none" stroke="#fff" strokeWidth="4" strokeLinecap="round" />
      </svg>
      <Heading>Thank you</Heading>
      <p>
        Order <strong className="code">{order.id}</strong> is in the kiln queue, so to speak. We would have
        written to <strong>{order.email}</strong>.
      </p>
      <dl className="sums">
        <dt>Paid</dt>
        <dd className="money">{euros(order.total)}</dd>
        <dt>Delivery</dt>
        <dd>
          {order.delivery.name}, {order.delivery.when}
        </dd>
      </dl>
      <Link className="primary" href="/">
        Back to the shelf
      </Link>
    </section>
  )
}

/** Nobody gets here without an order, so that a stray address does not count as a conversion. */
export function ConfirmationPage() {
  return useBasket().order ? <Confirmed /> : <NotFoundPage />
}
