// OTLP as its JSON mapping has it, of which only the shape is known. The protobuf decoder produces the same, so that
// there is one way from here on. Ids are hex digits (JSON) or bytes (protobuf), 64-bit integers are decimal strings,
// numbers or bigints.

export interface AnyValue {
  readonly stringValue?: unknown
  readonly boolValue?: unknown
  readonly intValue?: unknown
  readonly doubleValue?: unknown
  readonly arrayValue?: unknown
  readonly kvlistValue?: unknown
  readonly bytesValue?: unknown
}

export interface KeyValue {
  readonly key?: unknown
  readonly value?: unknown
}

/** `/v1/traces` or `/v1/logs`: what the levels of a request are called. */
export interface Signal {
  readonly table: 'otel_traces' | 'otel_logs'
  readonly resources: 'resourceSpans' | 'resourceLogs'
  readonly scopes: 'scopeSpans' | 'scopeLogs'
  readonly records: 'spans' | 'logRecords'
  readonly rejected: 'rejectedSpans' | 'rejectedLogRecords'
}

export const TRACES: Signal = {
  table: 'otel_traces',
  resources: 'resourceSpans',
  scopes: 'scopeSpans',
  records: 'spans',
  rejected: 'rejectedSpans',
}

export const LOGS: Signal = {
  table: 'otel_logs',
  resources: 'resourceLogs',
  scopes: 'scopeLogs',
  records: 'logRecords',
  rejected: 'rejectedLogRecords',
}

/** By the table that they go to. */
export const SIGNALS: Readonly<Record<Signal['table'], Signal>> = { otel_traces: TRACES, otel_logs: LOGS }
