import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { startThroughline } from '@throughline/core/web'
import { checkout } from './journeys'

/** Enters the steps by their addresses. On the server it does nothing. */
export const tracker = startThroughline({
  serviceName: 'shop-web',
  endpoint: '/otlp', // passed on by routes/otlp.ts
  journeys: [checkout],
  instrumentations: [new FetchInstrumentation()], // tells the server which journey a request belongs to
  debug: import.meta.env.DEV, // each event as a line in the console
})
