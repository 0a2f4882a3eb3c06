import { randomUUID } from 'node:crypto'
import { setTimeout as sleep } from 'node:timers/promises'
import { trace } from '@opentelemetry/api'
import { getJourney } from '@throughline/node'
import { checkout } from './journeys'

/** Charges for an order, and confirms the conversion: this overrides what the browser reports. */
export async function place(quantity: number): Promise<{ id: string; total: number }> {
  if (quantity > 9) throw new RangeError('out of stock')
  const order = { id: randomUUID(), total: 40 * quantity }
  // A span of your own is stamped with the journey, as every span of the request is.
  await trace.getTracer('shop').startActiveSpan('charge', (span) => sleep(10).finally(() => span.end()))
  getJourney()?.convert(checkout, { value: order.total, currency: 'EUR', key: order.id })
  return order
}
