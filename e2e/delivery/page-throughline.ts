import { defineJourney } from '@throughline/core'
import { startThroughline } from '@throughline/core/web'

const journey = defineJourney('delivery', { version: '1', steps: ['start', 'end'], converts: 'end' })
const tracker = startThroughline({ serviceName: 'delivery', endpoint: '/otlp', journeys: [journey] })
tracker.enter(journey, 'start')
Object.assign(window, {
  emit: (numbers: number[]) => {
    for (const n of numbers) tracker.record('throughline.satisfaction', { n })
  },
})
