-- What is stored of one run: the spans that name it, and those of the same traces that name no run, such as the
-- queries of a database. A span that arrived several times counts once; `copies` says how often it arrived.
-- Parameters: run (lower case), from and last (ms), most (spans).
WITH traces AS (
  SELECT DISTINCT TraceId
  FROM otel_traces
  WHERE SpanAttributes['throughline.run.id'] = {run:String} AND TraceId != ''
    AND Timestamp BETWEEN fromUnixTimestamp64Milli({from:Int64}) AND fromUnixTimestamp64Milli({last:Int64})
)
SELECT
  toUnixTimestamp64Micro(Timestamp) / 1000 AS at,
  TraceId AS trace, SpanId AS span, ParentSpanId AS parent,
  toString(SpanName) AS name, toString(SpanKind) AS kind, toString(ServiceName) AS service,
  Duration / 1e6 AS duration,
  StatusCode IN ('Error', 'STATUS_CODE_ERROR') AS failed,
  SpanAttributes AS attributes,
  ResourceAttributes AS resource,
  copies
FROM (
  SELECT *, count() OVER (PARTITION BY TraceId, SpanId) AS copies
  FROM otel_traces
  WHERE Timestamp BETWEEN fromUnixTimestamp64Milli({from:Int64}) AND fromUnixTimestamp64Milli({last:Int64})
    AND (SpanAttributes['throughline.run.id'] = {run:String}
      OR (TraceId IN traces AND SpanAttributes['throughline.run.id'] = ''))
)
ORDER BY at, SpanId
LIMIT 1 BY TraceId, SpanId
LIMIT {most:UInt32}
