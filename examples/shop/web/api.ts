import type { Address, DeliveryOption, Line, Order, OrderRequest, PaymentSession, Quote } from '../shared/api'
import type { Product } from '../shared/catalogue'

/** The server said no. Its message is fit to be shown. */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  constructor(
    message: string,
    readonly status: number,
  ) {
    super(message)
  }
}

async function call<T>(path: string, body?: unknown): Promise<T> {
  const response = await fetch(`/api${path}`, {
    ...(body !== undefined && {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    }),
  })
  const answer = await response.json()
  if (!response.ok) throw new ApiError(answer.error ?? 'Something went wrong', response.status)
  return answer
}

export const getProducts = () => call<Product[]>('/products')
export const getProduct = (id: string) => call<Product>(`/products/${encodeURIComponent(id)}`)
export const getQuote = (lines: readonly Line[]) => call<Quote>('/quotes', { lines })
export const getDeliveryOptions = (postcode: string, lines: readonly Line[]) =>
  call<DeliveryOption[]>('/delivery-options', { postcode, lines })
export const openPayment = () => call<PaymentSession>('/payment-sessions', {})
export const placeOrder = (order: OrderRequest) => call<Order>('/orders', order)

export const EMPTY_ADDRESS: Address = { name: '', email: '', street: '', postcode: '', city: '' }
