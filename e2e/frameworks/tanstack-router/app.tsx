import type { ErrorComponentProps } from '@tanstack/react-router'
import {
  createRootRoute,
  createRoute,
  createRouter,
  Link,
  notFound,
  Outlet,
  RouterProvider,
  redirect,
} from '@tanstack/react-router'
import { defineJourney } from '@throughline/core'
import { startThroughline } from '@throughline/core/web'
import { JourneyErrorBoundary, ThroughlineProvider, useCaptureError, useStep } from '@throughline/react'
import { useState } from 'react'
import { createRoot } from 'react-dom/client'

const journey = defineJourney('shop', { version: '1', steps: ['cart', 'payment', 'done'], converts: 'done' })
const tracker = startThroughline({ serviceName: 'tanstack-router', endpoint: '/otlp', journeys: [journey] })

/** The page, and below it, as a route of its own, the modal over it. */
function Cart() {
  useStep(journey, 'cart')
  return (
    <main>
      <h1>cart</h1>
      <Link to="/cart/payment">pay</Link>
      <Link to="/cart/moved">moved</Link>
      <Outlet />
    </main>
  )
}

function Payment() {
  useStep(journey, 'payment')
  return (
    <dialog open>
      <Link to="/cart">close</Link>
      <Link to="/done">buy</Link>
      <Link to="/cart/gone">gone</Link>
      <Broken />
    </dialog>
  )
}

function Broken() {
  const [isBroken, setBroken] = useState(false)
  if (isBroken) throw new RangeError('no such card')
  return (
    <button type="button" onClick={() => setBroken(true)}>
      break
    </button>
  )
}

function Done() {
  useStep(journey, 'done')
  return <h1>done</h1>
}

function Gone(): never {
  throw notFound()
}

function ErrorPage({ error }: ErrorComponentProps) {
  useCaptureError(error)
  return <h1>error page</h1>
}

const root = createRootRoute({ errorComponent: ErrorPage, notFoundComponent: () => <h1>not found</h1> })
const cart = createRoute({ getParentRoute: () => root, path: '/cart', component: Cart })
const router = createRouter({
  routeTree: root.addChildren([
    cart.addChildren([
      createRoute({ getParentRoute: () => cart, path: 'payment', component: Payment }),
      createRoute({
        getParentRoute: () => cart,
        path: 'gone',
        component: () => (
          <JourneyErrorBoundary fails={journey} fallback="sorry">
            <Gone />
          </JourneyErrorBoundary>
        ),
      }),
      createRoute({
        getParentRoute: () => cart,
        path: 'moved',
        beforeLoad: () => {
          throw redirect({ to: '/cart/payment' })
        },
      }),
    ]),
    createRoute({
      getParentRoute: () => root,
      path: '/done',
      loader: () => new Promise((resolve) => setTimeout(resolve, 200, null)),
      component: Done,
    }),
  ]),
})

createRoot(document.querySelector('#root')!).render(
  <ThroughlineProvider tracker={tracker}>
    <RouterProvider router={router} />
  </ThroughlineProvider>,
)
