import { startThroughline } from '@throughline/core/web'
import { onePage, shop } from './journeys'

export const tracker = startThroughline({
  serviceName: 'jest',
  endpoint: '/otlp',
  journeys: [shop],
  hypotheses: [onePage],
  subject: 'visitor-7f3a',
  consoleErrors: true,
  debug: true,
})
