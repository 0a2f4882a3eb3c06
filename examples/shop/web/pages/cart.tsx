import { useStep } from '@throughline/react'
import { checkout } from '../../journeys'
import { CATALOGUE } from '../../shared/catalogue'
import { euros, FREE_DELIVERY_FROM } from '../../shared/pricing'
import { getQuote } from '../api'
import { setQuantity, useBasket } from '../basket'
import { Alert, Heading } from '../parts/frame'
import { Pottery } from '../parts/pottery'
import { go, Link } from '../router'
import { useLoaded } from '../use-loaded'

export function CartPage() {
  const { lines } = useBasket()
  const { data: quote, error } = useLoaded(JSON.stringify(lines), () => getQuote(lines))
  useStep(checkout, 'cart', { ready: !!quote })
  if (lines.length === 0)
    return (
      <section className="empty">
        <Heading>Your cart is empty</Heading>
        <p>Nothing in it yet. The kettle is on, though.</p>
        <Link className="primary" href="/">
          See the pottery
        </Link>
      </section>
    )
  const missing = FREE_DELIVERY_FROM - (quote?.subtotal ?? 0)
  return (
    <>
      <Heading>Your cart</Heading>
      {error && <Alert>The prices could not be loaded. Reload the page to try again.</Alert>}
      <div className="cart">
        <ul className="lines">
          {lines.map(({ id, quantity }) => {
            const item = CATALOGUE.find((product) => product.id === id)!
            return (
              <li key={id}>
                <Link className="thumb" href={`/products/${id}`}>
                  <Pottery product={item} />
                </Link>
                <div>
                  <Link className="name" href={`/products/${id}`}>
                    {item.name}
                  </Link>
                  <span className="hint">{euros(item.price)} each</span>
                </div>
                {/* biome-ignore lint/a11y/useSemanticElements: a fieldset per line would be read out as a form */}
                <div className="quantity" role="group" aria-label={`How many: ${item.name}`}>
                  <button
                    type="button"
                    aria-label={`One ${item.name} less`}
                    onClick={() => setQuantity(id, quantity - 1)}
                  >
                    −
                  </button>
                  <output>{quantity}</output>
                  <button
                    type="button"
                    aria-label={`One ${item.name} more`}
                    onClick={() => setQuantity(id, Math.min(99, quantity + 1))}
                  >
                    +
                  </button>
                </div>
                <span className="money">{euros(item.price * quantity)}</span>
              </li>
            )
          })}
        </ul>
        <aside className="summary" aria-label="Summary">
          <dl className="sums">
            <dt className="total">Subtotal</dt>
            <dd className="money total">{quote ? euros(quote.subtotal) : '…'}</dd>
          </dl>
          <p className="hint">
            {quote && missing <= 0
              ? 'Standard delivery is on us.'
              : `${euros(missing)} more and standard delivery is on us.`}
          </p>
          <button type="button" className="primary" disabled={!quote} onClick={() => go('/checkout')}>
            Go to checkout
          </button>
          <Link className="quiet" href="/">
            Keep looking
          </Link>
        </aside>
      </div>
    </>
  )
}
