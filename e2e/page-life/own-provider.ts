// A host's own provider, with its own processor and exporter: nothing of ours delivers.
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { BatchSpanProcessor, WebTracerProvider } from '@opentelemetry/sdk-trace-web'
import { createTracker, defineJourney } from '@throughline/core'
import { startThroughline, throughlineParts } from '@throughline/core/parts'

const shop = defineJourney('shop', { version: '1', steps: ['product', 'cart'], converts: 'cart' })
const tracker = createTracker({ journeys: [shop], storage: sessionStorage })
const { sampler, spanProcessors } = throughlineParts({ tracker })
const exporter = new OTLPTraceExporter({ url: '/otlp/v1/traces' })
// It sends when the document is hidden, by itself.
const own = new BatchSpanProcessor(exporter)
const provider = new WebTracerProvider({ sampler, spanProcessors: [...spanProcessors, own] })
startThroughline({ tracker, provider })
tracker.enter(shop, 'product')
// Everything moves, so that there is a shift to tell of.
setTimeout(() => {
  const banner = document.createElement('div')
  banner.style.height = '200px'
  document.body.prepend(banner)
  requestAnimationFrame(() => setTimeout(() => Object.assign(document.body.dataset, { shifted: 'yes' }), 50))
}, 100)
