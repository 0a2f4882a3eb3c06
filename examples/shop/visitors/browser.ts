import { SpanKind, SpanStatusCode, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { resources, tracing } from '@opentelemetry/sdk-node'
import type { Tracker } from '@throughline/core'
import { attributes, createTracker, fingerprint } from '@throughline/core'
import { recordJourney, throughlineParts } from '@throughline/core/web'
import { hypotheses, journeys } from '../journeys.ts'
import type { Person } from './truth.ts'

/** A visitor's browser, as far as a server and a collector can tell. */
export interface Browser {
  readonly tracker: Tracker
  /** Loads a document: no script runs yet, so nothing is traced. */
  open(path: string): Promise<void>
  /** A call by the page's script, traced as the fetch instrumentation would. */
  request(method: string, path: string, body?: object): Promise<{ status: number; body: unknown }>
  vital(name: string, value: number): void
  /** An error that nothing has caught. */
  uncaught(error: Error): void
}

/**
 * Many browsers that share one exporter: each has its own tracker, provider and device.
 *
 * @param exporter of OpenTelemetry if left out, which gives up after ten seconds
 */
export function crowd(
  shop: string,
  otlp: string,
  exporter: tracing.SpanExporter = new OTLPTraceExporter({
    url: `${otlp}/v1/traces`,
    headers: { origin: shop },
  }),
) {
  let lost = 0
  const send = exporter.export.bind(exporter)
  exporter.export = (spans, done) =>
    send(spans, (result) => {
      if (result.code !== 0) lost++
      done(result)
    })
  const batches = new tracing.BatchSpanProcessor(exporter, {
    maxQueueSize: 200_000,
    maxExportBatchSize: 1000,
    scheduledDelayMillis: 500,
  })
  const devices = new Map<unknown, ReturnType<typeof resources.resourceFromAttributes>>()

  /** One resource for each kind of device: the exporter groups spans by it. */
  function deviceOf({ segment }: Person) {
    const known = devices.get(segment)
    if (known) return known
    const device = resources.resourceFromAttributes({
      'service.name': 'shop-web',
      'telemetry.sdk.language': 'webjs',
      'browser.mobile': segment.mobile,
      'network.connection.type': segment.connection,
    })
    devices.set(segment, device)
    return device
  }

  function browse(who: Person): Browser {
    const tracker = createTracker({ journeys, hypotheses, subject: who.subject })
    const parts = throughlineParts({ tracker, propagateTo: [shop] })
    const provider = new tracing.BasicTracerProvider({
      resource: deviceOf(who),
      sampler: parts.sampler,
      spanProcessors: [...parts.spanProcessors, batches],
    })
    recordJourney(tracker, provider)
    const tracer = provider.getTracer('@opentelemetry/instrumentation-fetch')
    const cookie = `shop_subject=${who.subject}`
    let vitals = 0
    return {
      tracker,
      async open(path) {
        const response = await fetch(shop + path, { headers: { cookie } })
        await response.text()
      },
      async request(method, path, body) {
        const url = shop + path
        const context = parts.contextManager.active()
        const options = {
          kind: SpanKind.CLIENT,
          attributes: { 'http.request.method': method, 'url.full': url },
        }
        const span = tracer.startSpan(method, options, context)
        const headers: Record<string, string> = { cookie, 'content-type': 'application/json' }
        parts.propagator.inject(trace.setSpan(context, span), headers, {
          set: (carrier, key, value) => {
            carrier[key] = value
          },
        })
        const response = await fetch(url, { method, headers, body: body ? JSON.stringify(body) : null })
        const answer = await response.json()
        span.setAttribute('http.response.status_code', response.status)
        if (!response.ok) span.setStatus({ code: SpanStatusCode.ERROR })
        span.end()
        return { status: response.status, body: answer }
      },
      vital(name, value) {
        tracker.record(attributes.WEB_VITAL, {
          [attributes.WEB_VITAL_NAME]: name,
          [attributes.WEB_VITAL_VALUE]: value,
          [attributes.WEB_VITAL_ID]: `${who.subject}-${vitals++}`,
          [attributes.WEB_VITAL_NAVIGATION_TYPE]: 'navigate',
        })
      },
      uncaught(error) {
        tracker.record(attributes.EXCEPTION, {
          [attributes.EXCEPTION_TYPE]: error.name,
          [attributes.EXCEPTION_MESSAGE]: error.message,
          [attributes.EXCEPTION_STACKTRACE]: error.stack,
          [attributes.ERROR_FINGERPRINT]: fingerprint(error.name, error.message, error.stack),
          [attributes.ERROR_HANDLED]: false,
        })
      },
    }
  }

  return {
    browse,
    /** Batches that the receiver did not take. */
    lost: () => lost,
    close: () => batches.shutdown(),
  }
}
