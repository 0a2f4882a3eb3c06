import { randomInt } from 'node:crypto'
import type { Order, OrderRequest } from '../shared/api.ts'
import { tidyPostcode } from '../shared/postcode.ts'
import { deliveryOptions, quote } from '../shared/pricing.ts'

/** The order that a request asks for, priced by the shop, or what is wrong with the request. */
export function confirm(request: OrderRequest): Order | string {
  const { subtotal, lines } = quote(request.lines)
  if (lines.length === 0) return 'there is nothing to order'
  const { address } = request
  if (![address?.name, address?.email, address?.street, address?.city].every(filledIn))
    return 'the address is not complete'
  if (!tidyPostcode(String(address.postcode))) return 'the postcode is not right'
  const delivery = deliveryOptions(subtotal).find(({ id }) => id === request.delivery)
  if (!delivery) return 'choose how it shall be delivered'
  if (!filledIn(request.paymentSession)) return 'there is no payment session'
  return { id: orderId(), total: subtotal + delivery.price, email: address.email, delivery }
}

const filledIn = (text: unknown) => typeof text === 'string' && text.trim() !== '' && text.length < 200

/** Eight characters that are hard to confuse on the phone. */
function orderId(): string {
  const letters = 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789'
  return Array.from({ length: 8 }, () => letters[randomInt(letters.length)]).join('')
}
