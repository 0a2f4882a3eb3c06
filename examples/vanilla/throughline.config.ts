import { defineJourney } from '@throughline/core'

// The definition of index.html again: a page without a bundler cannot import it from here.
const signup = defineJourney('signup', {
  version: '1',
  steps: ['start', 'form', 'welcome'],
  converts: 'welcome',
})

export default { journeys: [signup] }
