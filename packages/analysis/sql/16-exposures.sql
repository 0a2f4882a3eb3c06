-- Who met which variant, and when.
CREATE TABLE IF NOT EXISTS throughline_exposures (
  hypothesis LowCardinality(String),
  day Date,
  run_id UUID,
  time DateTime64(6, 'UTC'),
  event UInt64,
  variant LowCardinality(String),
  subject String,
  journey LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (hypothesis, day, run_id, time, event);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_exposures_view TO throughline_exposures AS
SELECT
  attributes['throughline.exposure.hypothesis'] AS hypothesis,
  day,
  run_id,
  fromUnixTimestamp64Micro(events.time, 'UTC') AS time,
  event,
  attributes['throughline.exposure.variant'] AS variant,
  subject,
  journey
FROM throughline_rare_events AS events
WHERE name = 'throughline.exposure';
