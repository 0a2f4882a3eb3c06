import { useJourney } from '@throughline/react'
import { useEffect } from 'react'
import { checkout } from '../../journeys'
import { euros } from '../../shared/pricing'
import { getProducts } from '../api'
import { Alert, Heading } from '../parts/frame'
import { Pottery } from '../parts/pottery'
import { Link } from '../router'
import { useLoaded } from '../use-loaded'

export function BrowsePage() {
  const { data, error } = useLoaded('products', getProducts)
  const journey = useJourney(checkout)
  // Looking around is no step of the journey: who comes back here has left it, for now.
  useEffect(() => journey.leave(), [journey])
  return (
    <>
      <section className="hero">
        <div>
          <Heading>Stoneware for every day</Heading>
          <p>
            Thrown on the wheel, glazed by hand and fired twice. Made to be used, not to be kept for best.
          </p>
        </div>
      </section>
      {error && <Alert>The shelf could not be loaded. Reload the page to try again.</Alert>}
      <ul className="shelf" aria-busy={!data && !error}>
        {data?.map((item) => (
          <li key={item.id}>
            <Link className="card" href={`/products/${item.id}`}>
              <span className="picture">
                <Pottery product={item} />
              </span>
              <span className="name">{item.name}</span>
              <span className="money">{euros(item.price)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </>
  )
}
