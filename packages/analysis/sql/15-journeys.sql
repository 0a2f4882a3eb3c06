-- What was reported of how runs ended.
--
-- Several reports may be of one fact: an order whose webhook was delivered again. `fact` is the fact's identity within its run and outcome:
-- the id that version 1 gave it, where the report names that, else the event's. `at` is when it happened: as the caller said, else as reported.
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
  subject String,
  fact UInt64 DEFAULT event,
  at DateTime64(6, 'UTC') DEFAULT time,
  visit UInt64,
  session UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (journey, day, run_id, time, event);

ALTER TABLE throughline_journeys
  ADD COLUMN IF NOT EXISTS fact UInt64 DEFAULT event,
  ADD COLUMN IF NOT EXISTS at DateTime64(6, 'UTC') DEFAULT time,
  ADD COLUMN IF NOT EXISTS visit UInt64,
  ADD COLUMN IF NOT EXISTS session UInt64;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_journeys_view TO throughline_journeys AS
WITH
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run, 'UTC')) AS started,
  intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) AS seen,
  toFloat64OrNull(SpanAttributes['throughline.conversion.value']) AS worth,
  toInt64OrZero(SpanAttributes['throughline.run.outcome_at']) AS happened
SELECT
  SpanAttributes['throughline.journey.name'] AS journey,
  toDate(intDiv(if(started BETWEEN seen - 34560000000 AND seen + 259200000, started, seen), 1000), 'UTC') AS day,
  run AS run_id,
  Timestamp AS time,
  cityHash64(if(SpanAttributes['throughline.event.id'] != '', SpanAttributes['throughline.event.id'],
    concat(TraceId, SpanId))) AS event,
  SpanAttributes['throughline.event.source'] = 'server' AS server,
  SpanAttributes['throughline.run.outcome'] AS outcome,
  SpanAttributes['throughline.run.end_reason'] AS reason,
  if(isFinite(worth), worth, NULL) AS value,
  SpanAttributes['throughline.conversion.currency'] AS currency,
  SpanAttributes['throughline.subject.id'] AS subject,
  if(SpanAttributes['throughline.event.legacy_id'] != '', cityHash64(SpanAttributes['throughline.event.legacy_id']), event) AS fact,
  -- Up to the year 2200: what is beyond is no time.
  if(happened BETWEEN 1 AND 7258118400000, fromUnixTimestamp64Micro(happened * 1000, 'UTC'), Timestamp) AS at,
  if(SpanAttributes['throughline.visit.id'] != '', cityHash64(SpanAttributes['throughline.visit.id']), 0) AS visit,
  if(ResourceAttributes['session.id'] != '', cityHash64(ResourceAttributes['session.id']), 0) AS session
FROM otel_traces
WHERE SpanName = 'throughline.run.end'
  AND run != toUUID('00000000-0000-0000-0000-000000000000');
