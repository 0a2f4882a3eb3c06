-- Who met which variant, and when.
CREATE TABLE IF NOT EXISTS throughline_exposures (
  hypothesis LowCardinality(String),
  day Date,
  run_id UUID,
  time DateTime64(6, 'UTC'),
  event UInt64,
  variant LowCardinality(String),
  subject String,
  journey LowCardinality(String),
  visit UInt64,
  session UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (hypothesis, day, run_id, time, event);

ALTER TABLE throughline_exposures
  ADD COLUMN IF NOT EXISTS visit UInt64,
  ADD COLUMN IF NOT EXISTS session UInt64;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_exposures_view TO throughline_exposures AS
WITH
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run, 'UTC')) AS started,
  intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) AS seen
SELECT
  SpanAttributes['throughline.exposure.hypothesis'] AS hypothesis,
  toDate(intDiv(if(started BETWEEN seen - 34560000000 AND seen + 259200000, started, seen), 1000), 'UTC') AS day,
  run AS run_id,
  Timestamp AS time,
  cityHash64(if(SpanAttributes['throughline.event.id'] != '', SpanAttributes['throughline.event.id'],
    concat(TraceId, SpanId))) AS event,
  SpanAttributes['throughline.exposure.variant'] AS variant,
  SpanAttributes['throughline.subject.id'] AS subject,
  SpanAttributes['throughline.journey.name'] AS journey,
  if(SpanAttributes['throughline.visit.id'] != '', cityHash64(SpanAttributes['throughline.visit.id']), 0) AS visit,
  if(ResourceAttributes['session.id'] != '', cityHash64(ResourceAttributes['session.id']), 0) AS session
FROM otel_traces
WHERE SpanName = 'throughline.exposure'
  AND run != toUUID('00000000-0000-0000-0000-000000000000');
