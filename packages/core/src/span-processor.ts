import type { Attributes, Context } from '@opentelemetry/api'
import { context as contextApi } from '@opentelemetry/api'
import type { JourneySource } from './context'
import { getVisit } from './context'

/** What both living lines of OpenTelemetry JS accept as a SpanProcessor. */
export interface StampingSpanProcessor {
  onStart(span: { setAttributes(attributes: Attributes): unknown }, parentContext: Context): void
  onEnd(): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

/** What both living lines of OpenTelemetry JS accept as a LogRecordProcessor. */
export interface StampingLogProcessor {
  onEmit(record: { setAttributes(attributes: Attributes): unknown }, context?: Context): void
  forceFlush(): Promise<void>
  shutdown(): Promise<void>
}

const settled = () => Promise.resolve()

/** Stamps every span with the journey, run, step and variants in force when it starts. */
export function journeySpanProcessor(source: JourneySource): StampingSpanProcessor {
  return {
    onStart(span, parentContext) {
      const stamp = (getVisit(parentContext) ?? source.active(parentContext))?.attributes
      if (stamp) span.setAttributes(stamp)
    },
    onEnd() {},
    forceFlush: settled,
    shutdown: settled,
  }
}

/** Stamps every log record with the journey, run, step and variants in force when it is emitted. */
export function journeyLogProcessor(source: JourneySource): StampingLogProcessor {
  return {
    onEmit(record, context = contextApi.active()) {
      const stamp = (getVisit(context) ?? source.active(context))?.attributes
      if (stamp) record.setAttributes(stamp)
    },
    forceFlush: settled,
    shutdown: settled,
  }
}
