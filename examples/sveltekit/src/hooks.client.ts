import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import type { HandleClientError } from '@sveltejs/kit/hooks'
import { startThroughline } from '@throughline/core/web'
import { checkout } from '#lib/journeys'
import { dev } from '$app/env'

/** Enters the steps by their addresses, and records vitals and errors on them. */
const tracker = startThroughline({
  serviceName: 'shop-web',
  endpoint: '/otlp', // passed on by routes/otlp
  journeys: [checkout],
  instrumentations: [new FetchInstrumentation()], // tells the server which journey a request belongs to
  debug: dev, // each event as a line in the console
})

/** SvelteKit hands errors of renders and loads to this alone. */
export const handleError: HandleClientError = ({ error }) => tracker.captureError(error, { handled: false })
