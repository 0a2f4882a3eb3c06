// A journey whose run outlives its tab, in tabs that are open at once.
import { defineJourney } from '@throughline/core'
import { startThroughline } from '@throughline/core/web'

const trial = defineJourney('trial', {
  version: '1',
  steps: ['cart', 'details', 'payment', 'done'],
  converts: 'done',
  within: '60d',
  idle: '30d',
  keep: 'browser',
})
type Step = 'cart' | 'details' | 'payment' | 'done'
const tracker = startThroughline({
  serviceName: 'shop-web',
  endpoint: '/otlp',
  journeys: [trial],
  consent: 'granted',
})

const tab = {
  async enter(step: Step) {
    tracker.enter(trial, step)
    await tracker.flush()
  },
  step: () => tracker.current()?.step,
  withdraw: () => tracker.consent('denied'),
  /** What is stored of ours. */
  stored: () =>
    [...Object.keys(localStorage), ...Object.keys(sessionStorage)].filter((key) =>
      key.startsWith('throughline'),
    ),
}
/** What a test has a tab do. */
export type KeptTab = typeof tab
Object.assign(window, { tab })
