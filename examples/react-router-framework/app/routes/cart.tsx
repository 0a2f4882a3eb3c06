import { Link } from 'react-router'

export default function Cart() {
  return (
    <main>
      <h1>Cart</h1>
      <Link to="/payment">Pay</Link>
    </main>
  )
}
