import type { DeliveryOption } from '../../shared/api'
import { CATALOGUE } from '../../shared/catalogue'
import { euros, quote } from '../../shared/pricing'
import { useBasket } from '../basket'
import { Pottery } from './pottery'

const deliveryCost = (delivery: DeliveryOption | null) =>
  delivery ? (delivery.price ? euros(delivery.price) : 'free') : 'from your postcode'

/** What is being bought and what it comes to, beside the forms of the checkout. */
export function Summary() {
  const { lines, delivery } = useBasket()
  const priced = quote(lines)
  return (
    <aside className="summary" aria-label="Your order">
      <h2>Your order</h2>
      <ul>
        {priced.lines.map((line) => {
          const item = CATALOGUE.find(({ id }) => id === line.id)!
          return (
            <li key={line.id}>
              <span className="thumb">
                <Pottery product={item} />
              </span>
              <span>
                {item.name}
                <small>× {line.quantity}</small>
              </span>
              <span className="money">{euros(line.total)}</span>
            </li>
          )
        })}
      </ul>
      <dl className="sums">
        <dt>Subtotal</dt>
        <dd className="money">{euros(priced.subtotal)}</dd>
        <dt>Delivery</dt>
        <dd className="money">{deliveryCost(delivery)}</dd>
        <dt className="total">Total</dt>
        <dd className="money total">{euros(priced.subtotal + (delivery?.price ?? 0))}</dd>
      </dl>
    </aside>
  )
}
