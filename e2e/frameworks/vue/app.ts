import { defineJourney } from '@throughline/core'
import { startThroughline } from '@throughline/core/web'
import { createApp, defineComponent, h, ref } from 'vue'

const journey = defineJourney('shop', { version: '1', steps: ['cart', 'payment', 'done'], converts: 'done' })
const tracker = startThroughline({ serviceName: 'vue', endpoint: '/otlp', journeys: [journey] })
tracker.enter(journey, 'payment')

const Broken = defineComponent(() => {
  const isBroken = ref(false)
  return () => {
    if (isBroken.value) throw new RangeError('no such card')
    return h('button', { onClick: () => (isBroken.value = true) }, 'render')
  }
})

const Shop = defineComponent(() => () => [
  h(
    'button',
    {
      onClick: () => {
        throw new TypeError('no such handler')
      },
    },
    'handler',
  ),
  h(Broken),
])

const app = createApp(Shop)
app.config.errorHandler = (error) => tracker.captureError(error, { handled: false })
app.mount('#root')
