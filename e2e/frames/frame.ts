import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { defineJourney } from '@throughline/core'
import { startThroughline, tracing } from '@throughline/core/web'

// A page in a frame: two steps, and a request between them.

const { site } = document.documentElement.dataset
const signup = defineJourney('signup', { version: '1', steps: ['start', 'done'], converts: 'done' })
const tracker = startThroughline({
  serviceName: 'frame',
  endpoint: `${site}/otlp`,
  journeys: [signup],
  instrumentations: [new FetchInstrumentation(tracing({}))],
})
tracker.enter(signup, 'start')
await fetch(`${site}/api`)
tracker.enter(signup, 'done')
