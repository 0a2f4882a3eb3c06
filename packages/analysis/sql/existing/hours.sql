-- How many spans each hour has, and in how many of them somebody is named: whether runs can be told apart by session.
-- Parameters: first and last (ms since the epoch).
SELECT
  toUnixTimestamp(toStartOfHour(Timestamp, 'UTC')) * 1000 AS hour,
  count() AS spans,
  countIf(SpanAttributes['session.id'] != '' OR ResourceAttributes['session.id'] != ''
    OR SpanAttributes['enduser.id'] != '' OR ResourceAttributes['enduser.id'] != '') AS named
FROM otel_traces
WHERE Timestamp >= fromUnixTimestamp64Milli({first:Int64}) AND Timestamp < fromUnixTimestamp64Milli({last:Int64})
GROUP BY hour
ORDER BY hour
