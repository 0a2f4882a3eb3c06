-- Errors by visit. What gave an error no fingerprint is told apart by its type and message without what looks like an
-- id (UUIDs, long hex and decimal numbers).
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
SELECT
  journey,
  day,
  run_id,
  fromUnixTimestamp64Micro(events.time, 'UTC') AS time,
  event,
  if(attributes['throughline.error.fingerprint'] != '', attributes['throughline.error.fingerprint'],
    lower(hex(cityHash64(attributes['exception.type'],
      replaceRegexpAll(attributes['exception.message'], '(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\\b[0-9a-f]{24,}\\b|\\b\\d{5,}\\b', ':id'))))) AS fingerprint,
  attributes['exception.type'] AS type,
  substringUTF8(attributes['exception.message'], 1, 300) AS message,
  attributes['throughline.error.handled'] = 'true' AS handled,
  greatest(toUInt32OrZero(attributes['throughline.error.count']), 1) AS count,
  service,
  step,
  attempt,
  visit
FROM throughline_rare_events AS events
WHERE name = 'exception';
