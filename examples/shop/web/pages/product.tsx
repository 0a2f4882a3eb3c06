import { useStep } from '@throughline/react'
import { checkout } from '../../journeys'
import { euros } from '../../shared/pricing'
import { getProduct } from '../api'
import { add } from '../basket'
import { Heading } from '../parts/frame'
import { Pottery } from '../parts/pottery'
import { go, Link } from '../router'
import { useLoaded } from '../use-loaded'

export function ProductPage({ id }: { id: string }) {
  const { data: item, error } = useLoaded(id, () => getProduct(id))
  useStep(checkout, 'product', { ready: !!item })
  if (error)
    return (
      <>
        <Heading>We do not make this</Heading>
        <p>
          <Link href="/">Back to the shelf</Link>
        </p>
      </>
    )
  if (!item) return <div className="product waiting" aria-busy="true" />
  const buy = () => {
    add(item.id)
    go('/cart')
  }
  return (
    <>
      <nav aria-label="Breadcrumb" className="crumbs">
        <Link href="/">All pottery</Link> <span aria-hidden="true">/</span> {item.name}
      </nav>
      <article className="product">
        <div className="picture">
          <Pottery product={item} />
        </div>
        <div className="about">
          <Heading>{item.name}</Heading>
          <p className="price money">{euros(item.price)}</p>
          <p>{item.blurb}</p>
          <ul className="details">
            {item.details.map((detail) => (
              <li key={detail}>{detail}</li>
            ))}
          </ul>
          <button type="button" className="primary" onClick={buy}>
            Add to cart
          </button>
          <p className="hint">In stock. Delivered in 2 to 4 working days.</p>
        </div>
      </article>
    </>
  )
}
