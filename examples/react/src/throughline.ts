import { startThroughline } from '@throughline/core/web'
import { checkout, shortForm } from './journeys'

/** Who is here: an opaque id. Your feature flags have one, and decide by it. */
const visitor: string = localStorage.visitor ?? crypto.randomUUID()
localStorage.visitor = visitor

export const tracker = startThroughline({
  serviceName: 'shop-web',
  endpoint: '/otlp', // passed on by vite.config.ts; in production by your own server
  journeys: [checkout],
  hypotheses: [shortForm],
  subject: visitor,
  debug: import.meta.env.DEV, // each event as a line in the console
})
tracker.assign(shortForm, Number.parseInt(visitor, 16) % 2 ? 'short' : 'control')
