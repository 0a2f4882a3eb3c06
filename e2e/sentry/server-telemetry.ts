import { register } from 'node:module'
import { CompositePropagator, W3CBaggagePropagator, W3CTraceContextPropagator } from '@opentelemetry/core'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { HttpInstrumentation } from '@opentelemetry/instrumentation-http'
import { NodeSDK } from '@opentelemetry/sdk-node'
import { SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'
import * as Sentry from '@sentry/node'
import { journeyProcessors, journeyPropagator } from '@throughline/node'
import { checkout } from './journeys.ts'

register('@opentelemetry/instrumentation/hook.mjs', import.meta.url)
Sentry.init({ dsn: process.env.SENTRY_DSN, tracesSampleRate: 1 })

const { sampler, spanProcessor } = journeyProcessors({ journeys: [checkout] })
const propagators = [new W3CTraceContextPropagator(), new W3CBaggagePropagator()]
new NodeSDK({
  serviceName: 'shop',
  sampler,
  textMapPropagator: journeyPropagator(new CompositePropagator({ propagators })),
  spanProcessors: [spanProcessor, new SimpleSpanProcessor(new OTLPTraceExporter())],
  instrumentations: [new HttpInstrumentation()],
}).start()
