-- What is known of some errors besides their cost: when they were first and last seen, in which releases and
-- browsers, the last stack, and the newest runs that met them, with their traces. Spans that are kept no more tell
-- nothing of stack, release and trace. Parameters: journey, keys (fingerprints), since and last (ms).
SELECT
  fingerprint,
  toUnixTimestamp64Milli(min(at)) AS firstSeen,
  toUnixTimestamp64Milli(max(at)) AS lastSeen,
  arraySlice(arraySort(groupUniqArrayIf(release, release != '')), 1, 10) AS releases,
  arraySlice(arraySort(groupUniqArrayIf(browser, browser != '')), 1, 10) AS browsers,
  argMaxIf(stack, (at, event), stack != '') AS stack,
  arraySlice(arrayReverseSort(groupArrayIf((toUnixTimestamp64Milli(at), run, trace), nth = 1)), 1, 5) AS examples
FROM (
  SELECT
    known.event AS event, fingerprint, at, known.run AS run, release, named AS browser, stack, trace,
    -- One example a run.
    row_number() OVER (PARTITION BY fingerprint, run ORDER BY at DESC, event) AS nth
  FROM (
    SELECT event, fingerprint, toString(run_id) AS run, min(time) AS at
    FROM throughline_errors
    WHERE journey = {journey:String} AND has({keys:Array(String)}, fingerprint)
      AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
      AND run_id IN (SELECT run_id FROM report_runs WHERE inside)
    GROUP BY event, fingerprint, run
  ) AS known
  LEFT ANY JOIN (
    SELECT
      cityHash64(if(SpanAttributes['throughline.event.id'] != '', SpanAttributes['throughline.event.id'], concat(TraceId, SpanId))) AS event,
      ResourceAttributes['service.version'] AS release,
      substringUTF8(SpanAttributes['exception.stacktrace'], 1, 4000) AS stack,
      TraceId AS trace
    FROM otel_traces
    -- The attributes of other spans are not read.
    PREWHERE SpanName = 'exception' AND Timestamp >= fromUnixTimestamp64Milli({since:Int64})
    WHERE SpanAttributes['throughline.journey.name'] = {journey:String}
  ) AS seen ON seen.event = known.event
  LEFT ANY JOIN (
    SELECT toString(run_id) AS run, trim(concat(max(visits.browser), ' ', max(visits.browser_version))) AS named
    FROM throughline_visits AS visits
    WHERE journey = {journey:String} AND visits.browser != ''
      AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
      AND run_id IN (SELECT run_id FROM throughline_errors WHERE journey = {journey:String} AND has({keys:Array(String)}, fingerprint))
    GROUP BY run_id
  ) AS met_with ON met_with.run = known.run
)
GROUP BY fingerprint
