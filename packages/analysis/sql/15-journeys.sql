-- How runs ended, by whoever said so.
CREATE TABLE IF NOT EXISTS throughline_journeys (
  journey LowCardinality(String),
  day Date,
  run_id UUID,
  time DateTime64(6, 'UTC'),
  event UInt64,
  server Bool,
  outcome LowCardinality(String),
  reason LowCardinality(String),
  value Nullable(Float64),
  currency LowCardinality(String),
  subject String
)
ENGINE = ReplacingMergeTree
ORDER BY (journey, day, run_id, time, event);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_journeys_view TO throughline_journeys AS
WITH
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run, 'UTC')) AS started,
  intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) AS seen,
  toFloat64OrNull(SpanAttributes['throughline.conversion.value']) AS worth
SELECT
  SpanAttributes['throughline.journey.name'] AS journey,
  toDate(intDiv(if(started BETWEEN seen - 2678400000 AND seen + 86400000, started, seen), 1000), 'UTC') AS day,
  run AS run_id,
  Timestamp AS time,
  cityHash64(if(SpanAttributes['throughline.event.id'] != '', SpanAttributes['throughline.event.id'],
    concat(TraceId, SpanId))) AS event,
  SpanAttributes['throughline.event.source'] = 'server' AS server,
  SpanAttributes['throughline.run.outcome'] AS outcome,
  SpanAttributes['throughline.run.end_reason'] AS reason,
  if(isFinite(worth), worth, NULL) AS value,
  SpanAttributes['throughline.conversion.currency'] AS currency,
  SpanAttributes['throughline.subject.id'] AS subject
FROM otel_traces
WHERE SpanName = 'throughline.run.end'
  AND run != toUUID('00000000-0000-0000-0000-000000000000');
