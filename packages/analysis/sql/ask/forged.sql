-- Outcomes that look like a server's but came where a page sends: they count as a browser's. Parameters: journeys,
-- since and until (ms).
SELECT uniqExact(SpanAttributes['throughline.run.id']) AS runs
FROM otel_traces
PREWHERE SpanName = 'throughline.run.end'
  AND Timestamp >= fromUnixTimestamp64Milli({since:Int64}) AND Timestamp < fromUnixTimestamp64Milli({until:Int64})
WHERE SpanAttributes['throughline.event.source'] = 'browser'
  AND (SpanAttributes['throughline.event.legacy_id'] != '' OR ResourceAttributes['telemetry.sdk.language'] NOT IN ('', 'webjs'))
  AND has({journeys:Array(String)}, SpanAttributes['throughline.journey.name'])
