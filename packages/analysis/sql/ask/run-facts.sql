-- What the enters of some runs say of the page: its release and its browser, by the first that has one. Parameters:
-- runs, from and last (ms).
SELECT
  run,
  argMinIf(release, Timestamp, release != '') AS release,
  argMinIf(browser, Timestamp, browser != '') AS browser
FROM (
  SELECT
    toString(SpanAttributes['throughline.run.id']) AS run,
    Timestamp,
    ResourceAttributes['service.version'] AS release,
    trim(concat(ResourceAttributes['user_agent.name'], ' ', extract(ResourceAttributes['user_agent.version'], '^\\d+'))) AS browser
  FROM otel_traces
  PREWHERE SpanName = 'throughline.step.enter'
    AND Timestamp BETWEEN fromUnixTimestamp64Milli({from:Int64}) AND fromUnixTimestamp64Milli({last:Int64})
  WHERE has({runs:Array(String)}, SpanAttributes['throughline.run.id'])
    AND SpanAttributes['throughline.event.source'] != 'server'
)
GROUP BY run
