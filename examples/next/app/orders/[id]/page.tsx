export default async function Order({ params }: { params: Promise<{ id: string }> }) {
  const { id } = await params
  return (
    <main>
      <h1>Thank you</h1>
      <p>Your order has the number {id}.</p>
    </main>
  )
}
