import { defineJourney } from '@throughline/core'

/** What the pages of the soak go through. */
export const soak = defineJourney('soak', {
  version: '1',
  steps: ['start', 'middle', 'end'],
  converts: 'end',
})
