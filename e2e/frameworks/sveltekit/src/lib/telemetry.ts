import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { startThroughline } from '@throughline/core/web'
import { checkout } from './journeys'

// The test says where to; an application has an address of its own.
const endpoint =
  typeof window === 'undefined' ? '/otlp' : new URLSearchParams(location.search).get('to') || '/otlp'

/** On the server it does nothing. */
export const tracker = startThroughline({
  serviceName: 'sveltekit',
  endpoint,
  journeys: [checkout],
  instrumentations: [new FetchInstrumentation()],
})
