-- Which of these log records, which have no ids, are stored already: by a hash of what they are. Parameters: hashes,
-- first and last (ms since the epoch).
SELECT DISTINCT
  lower(hex(MD5(arrayStringConcat(
    [toString(toUnixTimestamp64Nano(Timestamp)), ServiceName, TraceId, SpanId, EventName, Body], '\n')))) AS id
FROM otel_logs
WHERE Timestamp >= fromUnixTimestamp64Milli({first:Int64}) AND Timestamp < fromUnixTimestamp64Milli({last:Int64} + 1)
  AND id IN {hashes:Array(String)}
