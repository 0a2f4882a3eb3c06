// What a team writes by hand on plain OpenTelemetry: fetch spans, web vitals as spans, and a span for each step.

import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { registerInstrumentations } from '@opentelemetry/instrumentation'
import { FetchInstrumentation } from '@opentelemetry/instrumentation-fetch'
import { resourceFromAttributes } from '@opentelemetry/resources'
import { BatchSpanProcessor, WebTracerProvider } from '@opentelemetry/sdk-trace-web'
import type { Metric } from 'web-vitals'
import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals'

const exporter = new OTLPTraceExporter({ url: '/otlp/v1/traces' })
const provider = new WebTracerProvider({
  resource: resourceFromAttributes({ 'service.name': 'shop-web' }),
  spanProcessors: [new BatchSpanProcessor(exporter)],
})
provider.register()
registerInstrumentations({ instrumentations: [new FetchInstrumentation()] })

const tracer = provider.getTracer('shop')
const vital = ({ name, value, rating, id, navigationType }: Metric) =>
  tracer
    .startSpan('browser.web_vital', {
      attributes: {
        'browser.web_vital.name': name.toLowerCase(),
        'browser.web_vital.value': value,
        'browser.web_vital.rating': rating,
        'browser.web_vital.id': id,
        'browser.web_vital.navigation_type': navigationType,
      },
    })
    .end()
for (const on of [onCLS, onFCP, onINP, onLCP, onTTFB]) on(vital)

export const enter = (step: string) => tracer.startSpan('step.enter', { attributes: { step } }).end()
export const ready = () => tracer.startSpan('step.ready').end()
