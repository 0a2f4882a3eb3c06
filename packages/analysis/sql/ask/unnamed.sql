-- Spans of version 1, which name no visit: what each is about, and where. A ready or leave is kept under a hash of
-- its own (11-visits.sql). Parameters: journey, since and last (ms).
SELECT 'ready' AS about, run_id, toString(step) AS step, attempt, visit AS id
FROM throughline_visits
WHERE journey = {journey:String} AND entered = 9223372036854775807 AND visit = cityHash64(toString(step), attempt)
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
