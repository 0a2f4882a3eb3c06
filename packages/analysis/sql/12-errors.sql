-- Errors by visit.
CREATE TABLE IF NOT EXISTS throughline_errors (
  journey LowCardinality(String),
  day Date,
  run_id UUID,
  time DateTime64(6, 'UTC'),
  event UInt64,
  fingerprint String,
  type LowCardinality(String),
  message String,
  handled Bool,
  count UInt32,
  service LowCardinality(String),
  step LowCardinality(String),
  attempt UInt16,
  visit UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (journey, day, run_id, time, event);

ALTER TABLE throughline_errors ADD COLUMN IF NOT EXISTS visit UInt64;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_errors_view TO throughline_errors AS
WITH
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run, 'UTC')) AS started,
  intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) AS seen
SELECT
  SpanAttributes['throughline.journey.name'] AS journey,
  toDate(intDiv(if(started BETWEEN seen - 34560000000 AND seen + 259200000, started, seen), 1000), 'UTC') AS day,
  run AS run_id,
  Timestamp AS time,
  cityHash64(if(SpanAttributes['throughline.event.id'] != '', SpanAttributes['throughline.event.id'],
    concat(TraceId, SpanId))) AS event,
  if(SpanAttributes['throughline.error.fingerprint'] != '', SpanAttributes['throughline.error.fingerprint'],
    lower(hex(cityHash64(SpanAttributes['exception.type'], SpanAttributes['exception.message'])))) AS fingerprint,
  SpanAttributes['exception.type'] AS type,
  substringUTF8(SpanAttributes['exception.message'], 1, 300) AS message,
  SpanAttributes['throughline.error.handled'] = 'true' AS handled,
  greatest(toUInt32OrZero(SpanAttributes['throughline.error.count']), 1) AS count,
  ServiceName AS service,
  SpanAttributes['throughline.step.name'] AS step,
  greatest(toUInt16OrZero(SpanAttributes['throughline.step.attempt']), 1) AS attempt,
  if(SpanAttributes['throughline.visit.id'] != '', cityHash64(SpanAttributes['throughline.visit.id']), 0) AS visit
FROM otel_traces
WHERE SpanName = 'exception'
  AND run != toUUID('00000000-0000-0000-0000-000000000000');
