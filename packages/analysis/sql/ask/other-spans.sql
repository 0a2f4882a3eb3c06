-- Spans in the time of the report, marks apart. Parameters: since and until (ms).
SELECT count() AS spans
FROM otel_traces
WHERE SpanName != 'throughline.mark'
  AND Timestamp >= fromUnixTimestamp64Milli({since:Int64}) AND Timestamp < fromUnixTimestamp64Milli({until:Int64})
