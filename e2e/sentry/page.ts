// A page with Sentry and Throughline, as docs/guides/sentry.md has it.
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import * as Sentry from '@sentry/browser'
import { startThroughline } from '@throughline/core/web'
import { checkout } from './journeys.ts'

Sentry.init({
  dsn: `http://key@${location.host}/1`,
  integrations: [Sentry.browserTracingIntegration()],
  tracesSampleRate: 1,
})
const tracker = startThroughline({
  serviceName: 'shop-web',
  endpoint: '/otlp',
  journeys: [checkout],
  instrumentations: [new FetchInstrumentation({ ignoreUrls: [/\/envelope\//] })],
})
const tag = () => {
  const visit = tracker.current()
  Sentry.setTags({ journey: visit?.journey, step: visit?.step, run: visit?.run })
}
tracker.onChange(tag)
tag()

document.addEventListener('click', ({ target }) => {
  const { act } = (target as HTMLElement).dataset
  if (act === 'pay') history.pushState({}, '', '/payment')
  if (act === 'ask') void fetch('/api/orders')
  if (act === 'throw') throw new Error('card refused')
  if (act === 'reject') void Promise.reject(new Error('no network'))
})
