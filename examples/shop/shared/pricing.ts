import type { DeliveryOption, Line, Quote } from './api.ts'
import { product } from './catalogue.ts'

export const FREE_DELIVERY_FROM = 5000

/** What the lines cost; what is not in the catalogue is left out. */
export function quote(lines: readonly Line[]): Quote {
  const priced = lines.flatMap(({ id, quantity }) => {
    const item = product(id)
    return item && quantity > 0 ? [{ id, quantity, total: item.price * quantity }] : []
  })
  return { lines: priced, subtotal: priced.reduce((sum, line) => sum + line.total, 0) }
}

export function deliveryOptions(subtotal: number): DeliveryOption[] {
  const standard = subtotal >= FREE_DELIVERY_FROM ? 0 : 495
  return [
    { id: 'standard', name: 'Standard', when: '2 to 4 working days', price: standard },
    { id: 'express', name: 'Express', when: 'tomorrow, before noon', price: standard + 600 },
  ]
}

export const euros = (cents: number) =>
  new Intl.NumberFormat('en-IE', { style: 'currency', currency: 'EUR' }).format(cents / 100)
