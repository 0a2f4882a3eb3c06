-- The traces of some calls, and the releases of the services that answered. Parameters: services, times (microseconds)
-- and spans (hashes, as throughline_calls has them).
SELECT hash, min(trace) AS trace, min(release) AS release
FROM (
  SELECT toString(cityHash64(TraceId, SpanId)) AS hash, TraceId AS trace, ResourceAttributes['service.version'] AS release
  FROM otel_traces
  -- Times find nearly all of them, so little else is read.
  PREWHERE has({services:Array(String)}, ServiceName)
    AND Timestamp BETWEEN fromUnixTimestamp64Micro(arrayMin({times:Array(Int64)})) AND fromUnixTimestamp64Micro(arrayMax({times:Array(Int64)}) + 1)
    AND toUnixTimestamp64Micro(Timestamp) IN {times:Array(Int64)}
  WHERE has({spans:Array(String)}, hash)
)
GROUP BY hash
