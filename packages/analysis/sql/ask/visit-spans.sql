-- The traces of some visits. Parameters: times (microseconds, of an event of each) and hashes (of the visits' ids, as
-- throughline_visits has them).
SELECT hash, min(trace) AS trace, '' AS release
FROM (
  SELECT toString(cityHash64(SpanAttributes['throughline.visit.id'])) AS hash, TraceId AS trace
  FROM otel_traces
  -- Times find nearly all of them, so little else is read.
  PREWHERE SpanName IN ('throughline.step.enter', 'browser.web_vital', 'throughline.first_interaction')
    AND Timestamp BETWEEN fromUnixTimestamp64Micro(arrayMin({times:Array(Int64)})) AND fromUnixTimestamp64Micro(arrayMax({times:Array(Int64)}) + 1)
    AND toUnixTimestamp64Micro(Timestamp) IN {times:Array(Int64)}
  WHERE has({hashes:Array(String)}, hash)
)
GROUP BY hash
