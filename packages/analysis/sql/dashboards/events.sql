-- Events that were stored, by what they are.
SELECT $__timeInterval(Timestamp) AS time, toString(SpanName) AS event, uniqExact(SpanAttributes['throughline.event.id']) AS events
FROM otel_traces
WHERE $__timeFilter(Timestamp) AND SpanAttributes['throughline.event.id'] != ''
GROUP BY time, event
ORDER BY time
