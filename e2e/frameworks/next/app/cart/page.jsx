import Link from 'next/link'
import { At } from '../shop'

export default () => (
  <At name="cart">
    <h1>cart</h1>
    <Link href="/payment">pay</Link>
    <Link href="/gone">gone</Link>
    <Link href="/moved">moved</Link>
    <Link href="/broken">broken</Link>
  </At>
)
