import { DiagLogLevel, diag } from '@opentelemetry/api'
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { handoverToken, joinJourney } from '@throughline/core'
import { startThroughline } from '@throughline/core/web'
import type { Step } from './journey'
import { hypothesis, journey } from './journey'

const said: string[] = []
const emitted: string[] = []
const say = (...what: unknown[]) => void said.push(what.join(' '))
const silent = () => {}
diag.setLogger({ error: say, warn: say, info: silent, debug: silent, verbose: silent }, DiagLogLevel.WARN)
const tracker = startThroughline({
  serviceName: 'shop-web',
  // Of the script: a sandboxed page has no origin of its own.
  endpoint: new URL('/otlp', import.meta.url).href,
  journeys: [journey],
  hypotheses: [hypothesis],
  instrumentations: [new FetchInstrumentation()],
})
tracker.subscribe(({ name, attributes }) => {
  if (name !== 'throughline.delivery') emitted.push(`${attributes['throughline.event.id']}`)
})

const shop = {
  /** What went to `diag`. */
  said,
  /** Ids of the events so far, but for what became of the others. */
  emitted,
  /** Enters a step and sends it at once: the tests are not about the batch's second. */
  enter(step: Step) {
    tracker.enter(journey, step)
    tracker.flush()
  },
  /** The step that the run is on, as far as this document knows. */
  step: () => tracker.current()?.step,
  /** A one-time token for another tab. */
  token: () => handoverToken(tracker, journey),
}
/** What a test looks at, and has the page do. */
export type PageShop = typeof shop
Object.assign(window, { shop })

const query = new URLSearchParams(location.search)
const step = query.get('step') as Step | null
/** One that the server has verified, or one that it has not. */
const token = document.querySelector('meta[name=token]')?.getAttribute('content') || query.get('join')
if (token) joinJourney(tracker, token)
if (query.has('variant')) tracker.assign(hypothesis, query.get('variant') as 'one-page')
if (step) shop.enter(step)

// Nobody can drive a page that is prerendered: it says itself when all that it would send has had its chance.
if ((document as { prerendering?: boolean }).prerendering)
  addEventListener('load', () =>
    requestIdleCallback(() =>
      requestIdleCallback(async () => {
        await fetch('/asked')
        await tracker.flush()
        await fetch(`/prerendered?variant=${tracker.variant(hypothesis)}`)
      }),
    ),
  )
