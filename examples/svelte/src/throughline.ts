import { startThroughline } from '@throughline/core/web'
import { checkout } from './journeys'

/** Enters the steps by their addresses, and records vitals and errors on them. */
export const tracker = startThroughline({
  serviceName: 'shop-web',
  endpoint: '/otlp', // passed on by vite.config.ts; in production by your own server
  journeys: [checkout],
  debug: import.meta.env.DEV, // each event as a line in the console
})
