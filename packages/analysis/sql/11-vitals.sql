-- Web vitals and first interactions by visit. One measurement may be reported several times, growing: queries take its largest value.
-- A first interaction is an event of its own; version 1 sent it as a vital of that name.
CREATE TABLE IF NOT EXISTS throughline_vitals (
  journey LowCardinality(String),
  day Date,
  run_id UUID,
  name LowCardinality(String),
  measurement UInt64,
  time DateTime64(6, 'UTC'),
  value Float64,
  navigation_type LowCardinality(String),
  step LowCardinality(String),
  attempt UInt16,
  visit UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (journey, day, run_id, name, measurement, time, value);

ALTER TABLE throughline_vitals ADD COLUMN IF NOT EXISTS visit UInt64;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_vitals_view TO throughline_vitals AS
WITH
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run, 'UTC')) AS started,
  intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) AS seen,
  SpanName = 'throughline.first_interaction' AS interaction,
  SpanAttributes[if(interaction, 'throughline.event.id', 'browser.web_vital.id')] AS id,
  toFloat64OrNull(SpanAttributes[if(interaction, 'throughline.first_interaction.duration_ms', 'browser.web_vital.value')]) AS measured
SELECT
  SpanAttributes['throughline.journey.name'] AS journey,
  toDate(intDiv(if(started BETWEEN seen - 34560000000 AND seen + 259200000, started, seen), 1000), 'UTC') AS day,
  run AS run_id,
  if(interaction, 'first-interaction', SpanAttributes['browser.web_vital.name']) AS name,
  cityHash64(if(id != '', id, concat(TraceId, SpanId))) AS measurement,
  Timestamp AS time,
  assumeNotNull(measured) AS value,
  SpanAttributes['browser.web_vital.navigation_type'] AS navigation_type,
  SpanAttributes['throughline.step.name'] AS step,
  greatest(toUInt16OrZero(SpanAttributes['throughline.step.attempt']), 1) AS attempt,
  if(SpanAttributes['throughline.visit.id'] != '', cityHash64(SpanAttributes['throughline.visit.id']), 0) AS visit
FROM otel_traces
WHERE SpanName IN ('browser.web_vital', 'throughline.first_interaction')
  AND run != toUUID('00000000-0000-0000-0000-000000000000')
  AND ifNull(isFinite(measured) AND measured >= 0, false);
