import { isDevMode } from '@angular/core'
import { startThroughline } from '@throughline/core/web'
import { checkout } from './journeys'

/** Enters the steps by their addresses, and records vitals and errors on them. */
export const tracker = startThroughline({
  serviceName: 'shop-web',
  endpoint: '/otlp', // passed on by proxy.conf.js; in production by your own server
  journeys: [checkout],
  debug: isDevMode(), // each event as a line in the console
})
