-- Spans of version 1, which name no visit, of whose step and attempt the run has not exactly one visit: they are on
-- none. A browser's visits go before what a server entered. Parameters: journey, since and last (ms).
SELECT uniqExact(about, id) AS spans
FROM (
  SELECT 'ready' AS about, run_id, toString(step) AS step, attempt, visit AS id
  FROM throughline_visits
  WHERE journey = {journey:String} AND visit = cityHash64(toString(step), attempt)
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  UNION ALL
  SELECT 'vital', run_id, toString(step), attempt, measurement
  FROM throughline_vitals
  WHERE journey = {journey:String} AND step != '' AND visit = 0
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  UNION ALL
  SELECT 'error', run_id, toString(step), attempt, event
  FROM throughline_errors
  WHERE journey = {journey:String} AND step != '' AND visit = 0
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  UNION ALL
  SELECT 'call', run_id, toString(step), attempt, span
  FROM throughline_calls
  WHERE journey = {journey:String} AND server AND step != '' AND visit = 0
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
) AS span
LEFT JOIN (
  SELECT run_id, toString(step) AS step, attempt, uniqExactIf(visit, NOT server) AS browser, uniqExactIf(visit, server) AS server_visits
  FROM throughline_visits
  WHERE journey = {journey:String} AND entered < 9223372036854775807
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
    AND run_id IN (
      SELECT run_id FROM throughline_visits WHERE journey = {journey:String} AND visit = cityHash64(toString(step), attempt)
      UNION ALL
      SELECT run_id FROM throughline_vitals WHERE journey = {journey:String} AND visit = 0
      UNION ALL
      SELECT run_id FROM throughline_errors WHERE journey = {journey:String} AND visit = 0
      UNION ALL
      SELECT run_id FROM throughline_calls WHERE journey = {journey:String} AND server AND visit = 0)
  GROUP BY run_id, step, attempt
) AS visits USING (run_id, step, attempt)
WHERE if(browser > 0, browser, server_visits) != 1
