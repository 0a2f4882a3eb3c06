import type { Route } from './+types/order'

export default function Order({ params }: Route.ComponentProps) {
  return (
    <main>
      <h1>Thank you</h1>
      <p>Your order has the number {params.id}.</p>
    </main>
  )
}
