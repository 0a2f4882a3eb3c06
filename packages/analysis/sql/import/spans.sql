-- Which of these spans are stored already. Parameters: traces (ids), first and last (ms since the epoch, of the
-- spans' starts).
SELECT DISTINCT concat(TraceId, SpanId, SpanKind) AS id
FROM otel_traces
WHERE Timestamp >= fromUnixTimestamp64Milli({first:Int64}) AND Timestamp < fromUnixTimestamp64Milli({last:Int64} + 1)
  AND TraceId IN {traces:Array(String)}
