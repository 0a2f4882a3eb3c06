-- The share of the stored events that were sent again although they may have arrived: it grows with trouble on the way.
SELECT $__timeInterval(Timestamp) AS time, countIf(SpanAttributes['throughline.event.resent'] = 'true') / count() AS resent
FROM otel_traces
WHERE $__timeFilter(Timestamp) AND SpanAttributes['throughline.event.id'] != ''
GROUP BY time
ORDER BY time
