-- What happened when: deploys and incidents. Only what a server says is kept: anyone could forge an incident.
CREATE TABLE IF NOT EXISTS throughline_marks (
  day Date,
  -- Microseconds since the epoch.
  time Int64,
  event UInt64,
  kind SimpleAggregateFunction(max, LowCardinality(String)),
  label SimpleAggregateFunction(max, String),
  -- When an incident ended; 0 for a moment, or while it goes on. It may be marked again once that is known.
  ended SimpleAggregateFunction(max, Int64)
)
ENGINE = AggregatingMergeTree
ORDER BY (day, time, event);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_marks_view TO throughline_marks AS
SELECT
  day,
  time,
  event,
  attributes['throughline.mark.kind'] AS kind,
  substringUTF8(attributes['throughline.mark.label'], 1, 200) AS label,
  toInt64OrZero(attributes['throughline.mark.end']) * 1000 AS ended
FROM throughline_rare_events
WHERE name = 'throughline.mark' AND server AND kind IN ('deploy', 'incident');
