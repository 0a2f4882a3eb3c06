-- The visits that met an error. Parameters: journey, since and last (ms).
SELECT visit
FROM throughline_errors
WHERE journey = {journey:String} AND visit != 0
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
UNION ALL
SELECT which AS visit
FROM report_lone_visits AS own
INNER JOIN (
  SELECT DISTINCT run_id, toString(step) AS step, attempt
  FROM throughline_errors
  WHERE journey = {journey:String} AND visit = 0
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
) AS met USING (run_id, step, attempt)
