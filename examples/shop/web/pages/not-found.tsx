import { Heading } from '../parts/frame'
import { Link } from '../router'

export function NotFoundPage() {
  return (
    <section className="empty">
      <Heading>There is nothing here</Heading>
      <p>The page may have moved, or it cracked in the kiln.</p>
      <Link className="primary" href="/">
        See the pottery
      </Link>
    </section>
  )
}
