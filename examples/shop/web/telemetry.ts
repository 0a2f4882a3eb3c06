import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { startThroughline } from '@throughline/core/web'
import { hypotheses, journeys } from '../journeys'
import { session } from './session'

/** All the telemetry of the front end. */
export const tracker = startThroughline({
  serviceName: 'shop-web',
  endpoint: session.otlp,
  journeys,
  hypotheses,
  subject: session.subject,
  instrumentations: [new FetchInstrumentation()],
})
