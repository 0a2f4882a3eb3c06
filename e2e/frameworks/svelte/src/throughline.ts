import { defineJourney } from '@throughline/core'
import { startThroughline } from '@throughline/core/web'

export const journey = defineJourney('shop', {
  version: '1',
  steps: ['cart', 'payment', 'done'],
  converts: 'done',
})
export const tracker = startThroughline({ serviceName: 'svelte', endpoint: '/otlp', journeys: [journey] })
