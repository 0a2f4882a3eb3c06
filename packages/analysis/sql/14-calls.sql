-- Requests made for a run: what servers answered, and the browser's side of it, which shows how far their clocks are apart.
-- `request` is the same for both sides of one request.
CREATE TABLE IF NOT EXISTS throughline_calls (
  journey LowCardinality(String),
  server Bool,
  day Date,
  run_id UUID,
  time DateTime64(6, 'UTC'),
  span UInt64,
  request UInt64,
  duration_ms Float64,
  service LowCardinality(String),
  endpoint LowCardinality(String),
  failed Bool,
  weight Float64,
  step LowCardinality(String),
  attempt UInt16,
  visit UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (journey, server, day, run_id, time, span);

ALTER TABLE throughline_calls ADD COLUMN IF NOT EXISTS visit UInt64;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_calls_view TO throughline_calls AS
WITH
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run, 'UTC')) AS started,
  intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) AS seen,
  SpanKind IN ('Server', 'SPAN_KIND_SERVER') AS answered,
  coalesce(nullIf(SpanAttributes['http.request.method'], ''), SpanAttributes['http.method']) AS method,
  coalesce(nullIf(SpanAttributes['http.response.status_code'], ''), SpanAttributes['http.status_code']) AS status,
  -- OpenTelemetry's consistent probability: a span stands for 2^56 / (2^56 - threshold) spans.
  extract(TraceState, 'ot=(?:[^,]*;)?th:([0-9a-f]{1,14})') AS threshold,
  reinterpretAsUInt64(reverse(unhex(concat('00', rightPad(threshold, 14, '0'))))) AS rejected
SELECT
  SpanAttributes['throughline.journey.name'] AS journey,
  answered AS server,
  toDate(intDiv(if(started BETWEEN seen - 34560000000 AND seen + 259200000, started, seen), 1000), 'UTC') AS day,
  run AS run_id,
  Timestamp AS time,
  cityHash64(TraceId, SpanId) AS span,
  cityHash64(TraceId, if(answered, ParentSpanId, SpanId)) AS request,
  Duration / 1e6 AS duration_ms,
  ServiceName AS service,
  if(SpanAttributes['http.route'] != '', trim(concat(method, ' ', SpanAttributes['http.route'])), SpanName) AS endpoint,
  StatusCode IN ('Error', 'STATUS_CODE_ERROR') OR toUInt16OrZero(status) >= 500 AS failed,
  if(threshold = '', 1., 72057594037927936. / (72057594037927936. - toFloat64(rejected))) AS weight,
  SpanAttributes['throughline.step.name'] AS step,
  greatest(toUInt16OrZero(SpanAttributes['throughline.step.attempt']), 1) AS attempt,
  if(SpanAttributes['throughline.visit.id'] != '', cityHash64(SpanAttributes['throughline.visit.id']), 0) AS visit
FROM otel_traces
WHERE run != toUUID('00000000-0000-0000-0000-000000000000')
  AND (answered OR (SpanKind IN ('Client', 'SPAN_KIND_CLIENT')
    AND (ResourceAttributes['telemetry.sdk.language'] = 'webjs' OR mapContains(ResourceAttributes, 'browser.mobile')
      OR mapContains(ResourceAttributes, 'browser.platform'))));
