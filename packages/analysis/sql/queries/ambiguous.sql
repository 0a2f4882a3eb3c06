-- Spans of version 1, which name no visit, of whose step and attempt the run has not exactly one visit: they are on none. A browser's visits go
-- before what a server entered.
SELECT uniqExact(about, id) AS spans
FROM (
  SELECT 'ready' AS about, run_id, toString(step) AS step, attempt, event AS id
  FROM throughline_steps
  WHERE journey = {journey:String} AND kind IN ('ready', 'leave') AND visit = 0
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
  UNION ALL
  SELECT 'vital', run_id, toString(step), attempt, measurement
  FROM throughline_vitals
  WHERE journey = {journey:String} AND step != '' AND visit = 0
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
  UNION ALL
  SELECT 'error', run_id, toString(step), attempt, event
  FROM throughline_errors
  WHERE journey = {journey:String} AND step != '' AND visit = 0
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
  UNION ALL
  SELECT 'call', run_id, toString(step), attempt, span
  FROM throughline_calls
  WHERE journey = {journey:String} AND server AND step != '' AND visit = 0
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
) AS span
LEFT JOIN (
  SELECT run_id, toString(step) AS step, attempt, uniqExactIf(visit, NOT server) AS browser, uniqExactIf(visit, server) AS server_visits
  FROM throughline_steps
  WHERE journey = {journey:String} AND kind = 'enter'
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
  GROUP BY run_id, step, attempt
) AS visits USING (run_id, step, attempt)
WHERE if(browser > 0, browser, server_visits) != 1
