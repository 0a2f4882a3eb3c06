import { defineJourney } from '@throughline/core'
import { startThroughline } from '@throughline/core/web'
import { JourneyErrorBoundary, ThroughlineProvider, useCaptureError, useStep } from '@throughline/react'
import { useState } from 'react'
import { createRoot } from 'react-dom/client'
import { createBrowserRouter, Link, Outlet, redirect, useRouteError } from 'react-router'
import { RouterProvider } from 'react-router/dom'

const journey = defineJourney('shop', { version: '1', steps: ['cart', 'payment', 'done'], converts: 'done' })
const tracker = startThroughline({ serviceName: 'react-router', endpoint: '/otlp', journeys: [journey] })

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
  throw new Response('gone', { status: 410 })
}

function ErrorPage() {
  useCaptureError(useRouteError())
  return <h1>error page</h1>
}

const router = createBrowserRouter([
  {
    ErrorBoundary: ErrorPage,
    children: [
      {
        path: '/cart',
        Component: Cart,
        children: [
          { path: 'payment', Component: Payment },
          { path: 'moved', loader: () => redirect('/cart/payment') },
          {
            path: 'gone',
            element: (
              <JourneyErrorBoundary fails={journey} fallback="sorry">
                <Gone />
              </JourneyErrorBoundary>
            ),
          },
        ],
      },
      {
        path: '/done',
        loader: () => new Promise((resolve) => setTimeout(resolve, 200, null)),
        Component: Done,
      },
    ],
  },
])

createRoot(document.querySelector('#root')!).render(
  <ThroughlineProvider tracker={tracker}>
    <RouterProvider router={router} />
  </ThroughlineProvider>,
)
