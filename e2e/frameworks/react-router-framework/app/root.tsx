import { withRequestJourney } from '@throughline/node'
import { ThroughlineProvider, useCaptureError } from '@throughline/react'
import type { ReactNode } from 'react'
import { type MiddlewareFunction, Outlet, Scripts, useRouteError } from 'react-router'
import { checkout } from './journeys'
import { tracker } from './telemetry'

const definitions = { journeys: [checkout] }

/** Loaders and actions of all routes have the journey of their request. */
export const middleware: MiddlewareFunction<Response>[] = [
  ({ request }, next) => withRequestJourney(definitions, request, next),
]

export function Layout({ children }: { children: ReactNode }) {
  return (
    <html lang="en">
      <head>
        <title>shop</title>
        <link rel="icon" href="data:," />
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

export function ErrorBoundary() {
  useCaptureError(useRouteError())
  return <h1>error page</h1>
}
