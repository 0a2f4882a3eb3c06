import { place } from '../../../lib/orders'
import { route } from '../../../lib/request-journey'

export const POST = route(async (request: Request) => {
  const { quantity } = await request.json()
  return Response.json(await place(quantity), { status: 201 })
})
