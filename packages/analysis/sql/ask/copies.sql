-- How often steps were entered by what is stored, how many of these are copies, and how many the visits know of.
-- Parameters: since and until (ms).
SELECT arrived, events, visits
FROM (
  SELECT count() AS arrived, uniqExact(cityHash64(TraceId, SpanId)) AS events
  FROM otel_traces
  WHERE SpanName = 'throughline.step.enter'
    AND Timestamp >= fromUnixTimestamp64Milli({since:Int64}) AND Timestamp < fromUnixTimestamp64Milli({until:Int64})
) AS base
CROSS JOIN (
  SELECT uniqExact(cityHash64(run_id, visit)) AS visits
  FROM throughline_visits
  WHERE entered >= {since:Int64} * 1000 AND entered < {until:Int64} * 1000
) AS derived
