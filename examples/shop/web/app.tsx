import { BrowsePage } from './pages/browse'
import { CartPage } from './pages/cart'
import { CheckoutPage } from './pages/checkout'
import { ConfirmationPage } from './pages/confirmation'
import { NotFoundPage } from './pages/not-found'
import { ProductPage } from './pages/product'
import { Frame } from './parts/frame'
import { usePath } from './router'

function Page() {
  const [section, id, ...rest] = usePath().split('/').filter(Boolean)
  if (!section) return <BrowsePage />
  if (section === 'products' && id && rest.length === 0) return <ProductPage id={id} />
  if (section === 'cart' && !id) return <CartPage />
  if (section === 'checkout' && !id) return <CheckoutPage part="start" />
  if (section === 'checkout' && id === 'payment') return <CheckoutPage part="payment" />
  if (section === 'confirmation' && !id) return <ConfirmationPage />
  return <NotFoundPage />
}

export const App = () => (
  <Frame>
    <Page />
  </Frame>
)
