'use client'

import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { startThroughline } from '@throughline/core/web'
import { ThroughlineProvider } from '@throughline/react'
import type { ReactNode } from 'react'
import { definitions } from '../lib/journeys'
import { VISITOR } from '../lib/visitor'

const cookies = typeof document === 'undefined' ? '' : document.cookie

/** Enters the steps by their addresses. On the server it does nothing. */
const tracker = startThroughline({
  serviceName: 'shop-web',
  endpoint: '/otlp', // rewritten by next.config.ts
  ...definitions,
  subject: cookies
    .split('; ')
    .find((cookie) => cookie.startsWith(`${VISITOR}=`))
    ?.slice(VISITOR.length + 1),
  instrumentations: [new FetchInstrumentation()], // tells the server which journey a request belongs to
  debug: process.env.NODE_ENV === 'development', // each event as a line in the console
})

export const Journey = ({ children }: { children: ReactNode }) => (
  <ThroughlineProvider tracker={tracker}>{children}</ThroughlineProvider>
)
