// The 3.x line under the names of 2.x, so that one test runs on both.
import type { SpanExporter } from '@opentelemetry/sdk-trace'
import { BatchSpanProcessor as Batch, SimpleSpanProcessor as Simple } from '@opentelemetry/sdk-trace'

export { InMemorySpanExporter, TracerProvider as BasicTracerProvider } from '@opentelemetry/sdk-trace'

export class SimpleSpanProcessor extends Simple {
  constructor(exporter: SpanExporter) {
    super({ exporter })
  }
}

export class BatchSpanProcessor extends Batch {
  constructor(exporter: SpanExporter) {
    super({ exporter })
  }
}
