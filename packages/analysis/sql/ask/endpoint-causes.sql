-- When some endpoints failed or were slow: the first and the last time, and the newest such calls. Also those of runs
-- that a collector left out of its sample but for them. Parameters: journey, only (a step; all if empty), kinds,
-- services, endpoints and slowFrom (ms), alike for each of them; failing and slow (the endpoints' names, each once) and
-- slowest (ms, alike for slow), by which calls are found quickly; since and last (ms).
SELECT
  kind, service, endpoint,
  toUnixTimestamp64Milli(min(time)) AS firstSeen,
  toUnixTimestamp64Milli(max(time)) AS lastSeen,
  -- (microseconds, run, hash of the span)
  arrayMap(
    newest -> (-newest.1, newest.2, newest.3),
    groupArraySorted(25)((-toUnixTimestamp64Micro(time), toString(run_id), toString(span)))) AS newest
FROM (
  SELECT wanted.kind AS kind, wanted.service AS service, wanted.endpoint AS endpoint, call.time AS time, call.run_id AS run_id, call.span AS span
  FROM (
    SELECT service, endpoint, time, run_id, span, failed, duration_ms
    FROM throughline_calls AS calls
    -- Of most calls little else is read.
    PREWHERE journey = {journey:String} AND server
      AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
      AND (if(has({failing:Array(String)}, endpoint), failed, false)
        OR duration_ms > transform(endpoint, {slow:Array(String)}, {slowest:Array(Float64)}, inf))
    WHERE run_id IN (SELECT run_id FROM report_runs WHERE inside)
      AND ({only:String} = '' OR toString(calls.step) = {only:String})
  ) AS call
  INNER JOIN (
    SELECT one.1 AS kind, one.2 AS service, one.3 AS endpoint, one.4 AS slow_from
    FROM (
      SELECT arrayJoin(arrayZip({kinds:Array(String)}, {services:Array(String)}, {endpoints:Array(String)}, {slowFrom:Array(Float64)})) AS one
    )
  ) AS wanted ON wanted.service = toString(call.service) AND wanted.endpoint = toString(call.endpoint)
  WHERE if(wanted.kind = 'failing-endpoint', call.failed, call.duration_ms > wanted.slow_from)
)
GROUP BY kind, service, endpoint
