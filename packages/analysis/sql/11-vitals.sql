-- Web vitals by visit. One measurement may be reported several times, growing: queries take its largest value.
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
  attempt UInt16
)
ENGINE = ReplacingMergeTree
ORDER BY (journey, day, run_id, name, measurement, time, value);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_vitals_view TO throughline_vitals AS
WITH
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run, 'UTC')) AS started,
  intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) AS seen,
  toFloat64OrNull(SpanAttributes['browser.web_vital.value']) AS measured
SELECT
  SpanAttributes['throughline.journey.name'] AS journey,
  toDate(intDiv(if(started BETWEEN seen - 2678400000 AND seen + 86400000, started, seen), 1000), 'UTC') AS day,
  run AS run_id,
  SpanAttributes['browser.web_vital.name'] AS name,
  cityHash64(if(SpanAttributes['browser.web_vital.id'] != '', SpanAttributes['browser.web_vital.id'],
    concat(TraceId, SpanId))) AS measurement,
  Timestamp AS time,
  assumeNotNull(measured) AS value,
  SpanAttributes['browser.web_vital.navigation_type'] AS navigation_type,
  SpanAttributes['throughline.step.name'] AS step,
  greatest(toUInt16OrZero(SpanAttributes['throughline.step.attempt']), 1) AS attempt
FROM otel_traces
WHERE SpanName = 'browser.web_vital'
  AND run != toUUID('00000000-0000-0000-0000-000000000000')
  AND ifNull(isFinite(measured) AND measured >= 0, false);
