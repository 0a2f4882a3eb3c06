-- Web vitals and first interactions by visit. One measurement may be reported several times, growing: its largest
-- value counts.
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
  events.name = 'throughline.first_interaction' AS interacts,
  toFloat64OrNull(if(interacts, attributes['throughline.first_interaction.duration_ms'], attributes['browser.web_vital.value'])) AS measured
SELECT
  journey,
  day,
  run_id,
  if(interacts, 'first-interaction', attributes['browser.web_vital.name']) AS name,
  if(attributes['browser.web_vital.id'] != '', cityHash64(attributes['browser.web_vital.id']),
    if(interacts, event, cityHash64(concat(trace, span)))) AS measurement,
  fromUnixTimestamp64Micro(events.time, 'UTC') AS time,
  assumeNotNull(measured) AS value,
  attributes['browser.web_vital.navigation_type'] AS navigation_type,
  step,
  attempt,
  visit
FROM throughline_events AS events
WHERE events.name IN ('browser.web_vital', 'throughline.first_interaction')
  AND ifNull(isFinite(measured) AND measured >= 0, false);
