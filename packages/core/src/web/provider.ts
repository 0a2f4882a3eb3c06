// The only file that imports the OpenTelemetry SDK.
import type { Attributes } from '@opentelemetry/api'
import { context, propagation, trace } from '@opentelemetry/api'
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http'
import { WebTracerProvider } from '@opentelemetry/sdk-trace-web'
import type { Exporter } from './delivery'
import { asResource } from './outbox'
import type { ThroughlineParts } from './parts'

export const otlpExporter = (url: string, headers: Record<string, string> | undefined): Exporter =>
  new OTLPTraceExporter({ url, ...(headers && { headers }) })

/** Builds a provider from the parts and makes it the page's; what the host has set already stays. */
export function registerProvider(parts: ThroughlineParts, attributes: Attributes) {
  const { sampler, spanProcessors, contextManager, propagator } = parts
  const provider = new WebTracerProvider({ resource: asResource(attributes), sampler, spanProcessors })
  const isContext = context.setGlobalContextManager(contextManager.enable())
  const isPropagation = propagation.setGlobalPropagator(propagator)
  const isTrace = trace.setGlobalTracerProvider(provider)
  return {
    provider,
    unregister() {
      if (isContext) context.disable()
      if (isPropagation) propagation.disable()
      if (isTrace) trace.disable()
    },
  }
}
