import { withRequestJourney } from '@throughline/node'
import { ThroughlineProvider, useCaptureError } from '@throughline/react'
import type { ReactNode } from 'react'
import { Outlet, Scripts, useRouteError } from 'react-router'
import type { Route } from './+types/root'
import { checkout } from './journeys'
import { tracker } from './throughline'

const definitions = { journeys: [checkout] }

/** Loaders and actions of all routes have the journey of their request. */
export const middleware: Route.MiddlewareFunction[] = [
  ({ request }, next) => withRequestJourney(definitions, request, next),
]

export function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <meta charSet="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <link rel="icon" href="data:," />
        <title>Shop</title>
      </head>
      <body>
        <ThroughlineProvider tracker={tracker}>{children}</ThroughlineProvider>
        <Scripts />
      </body>
    </html>
  )
}

export default function Root() {
  return <Outlet />
}

/** React Router shows this for what a page throws, before the window hears of it. */
export function ErrorBoundary() {
  useCaptureError(useRouteError())
  return <h1>Something went wrong</h1>
}
