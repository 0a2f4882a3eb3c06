import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { startThroughline } from '@throughline/core/web'
import { after, before } from './journeys'

// A page of the bundle that its address names: one that knows a single version, as bundles do.
const query = new URLSearchParams(location.search)
const journey = query.get('bundle') === '1' ? before : after
const tracker = startThroughline({
  serviceName: 'shop-web',
  endpoint: query.get('otlp')!,
  journeys: [journey],
  instrumentations: [new FetchInstrumentation()],
})

const shop = {
  async visit(...steps: string[]) {
    for (const step of steps) tracker.enter(journey, step as 'cart')
    await tracker.flush()
  },
  /** Pays: the server confirms the conversion. */
  async pay() {
    const response = await fetch('/orders', { method: 'POST' })
    await tracker.flush()
    return response.status
  },
  run: () => tracker.current()!.run,
}
/** What a test has the page do. */
export type PageShop = typeof shop
Object.assign(window, { shop })
