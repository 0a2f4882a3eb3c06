// Spans as an SDK finishes them, with a time and attributes of one's choice, and the way to a collector.
import type { Attributes } from '@opentelemetry/api'
import { SpanKind } from '@opentelemetry/api'
import type { OTLPTraceExporter as JsonExporter } from '@opentelemetry/exporter-trace-otlp-http'
import type { OTLPTraceExporter as ProtobufExporter } from '@opentelemetry/exporter-trace-otlp-proto'
import { resourceFromAttributes } from '@opentelemetry/resources'
import type { ReadableSpan } from '@opentelemetry/sdk-trace-base'
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base'

/** A UUIDv7 of that moment (ms since the epoch). */
export function runOf(time: number): string {
  const digits = Math.floor(time).toString(16).padStart(12, '0')
  return `${digits.slice(0, 8)}-${digits.slice(8)}-7abc-8def-0123456789ab`
}

export const RUN = runOf(Date.now())

/** What a span of version 1 carries while a run is active. */
export const CONTEXT = {
  'throughline.journey.name': 'checkout',
  'throughline.journey.version': '1',
  'throughline.run.id': RUN,
  'throughline.step.name': 'payment',
  'throughline.step.index': 3,
  'throughline.step.attempt': 1,
}

export interface Given {
  readonly name: string
  readonly attributes?: Attributes
  /** ms since the epoch. */
  readonly time?: number
}

/** Finished spans of an SDK, ready to be exported anywhere. */
export function spans(service: string, given: readonly Given[]): ReadableSpan[] {
  const memory = new InMemorySpanExporter()
  const provider = new BasicTracerProvider({
    resource: resourceFromAttributes({ 'service.name': service }),
    spanProcessors: [new SimpleSpanProcessor(memory)],
    spanLimits: { attributeCountLimit: 1000 },
  })
  const tracer = provider.getTracer('e2e')
  for (const { name, attributes = {}, time = Date.now() } of given)
    tracer.startSpan(name, { kind: SpanKind.SERVER, startTime: time, attributes }).end(time)
  return memory.getFinishedSpans()
}

/** Attributes as ClickHouse holds them. */
export const strings = (attributes: Attributes): Record<string, string> =>
  Object.fromEntries(Object.entries(attributes).map(([key, value]) => [key, `${value}`]))

/** Exports and rejects when the collector did not take it. */
export function send(exporter: JsonExporter | ProtobufExporter, of: ReadableSpan[]): Promise<void> {
  return new Promise((resolve, reject) =>
    exporter.export(of, ({ code, error }) => (code === 0 ? resolve() : reject(error))),
  )
}
