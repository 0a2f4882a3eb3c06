// The same page with Throughline as its README says.
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { defineJourney } from '@throughline/core'
import { startThroughline } from '@throughline/core/web'

const shop = defineJourney('shop', {
  version: '1',
  steps: ['product', 'cart', 'payment', 'done'],
  converts: 'done',
})
const tracker = startThroughline({
  serviceName: 'shop-web',
  endpoint: '/otlp',
  journeys: [shop],
  instrumentations: [new FetchInstrumentation()],
})

export const enter = (step: string) => tracker.enter(shop, step as 'product')
export const ready = () => tracker.ready(shop)
