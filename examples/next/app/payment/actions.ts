'use server'

import { redirect } from 'next/navigation'
import { place } from '../../lib/orders'
import { action } from '../../lib/request-journey'

export const pay = action(async () => {
  const order = await place(1)
  redirect(`/orders/${order.id}`)
})
