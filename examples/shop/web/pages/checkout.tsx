import { useHypothesis } from '@throughline/react'
import { useEffect } from 'react'
import { onePagePayment } from '../../journeys'
import { useBasket } from '../basket'
import { go } from '../router'
import { OnePage } from './one-page'
import { PaymentPage } from './payment'
import { ShippingPage } from './shipping'

/** Where the two variants part: whoever comes here meets the one that was assigned. */
export function CheckoutPage({ part }: { part: 'start' | 'payment' }) {
  const variant = useHypothesis(onePagePayment)
  const { lines, address, delivery } = useBasket()
  const back =
    lines.length === 0 ? '/cart' : part === 'payment' && !(address.name && delivery) ? '/checkout' : null
  useEffect(() => {
    if (back) go(back)
  }, [back])
  if (back) return null
  if (variant === 'one-page') return <OnePage />
  return part === 'payment' ? <PaymentPage /> : <ShippingPage />
}
