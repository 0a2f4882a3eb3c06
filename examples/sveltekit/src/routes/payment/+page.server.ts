import { redirect } from '@sveltejs/kit'
import { place } from '#lib/server/orders'
import type { Actions } from './$types'

export const actions: Actions = {
  default: async () => {
    const order = await place(1)
    redirect(303, `/orders/${order.id}`)
  },
}
