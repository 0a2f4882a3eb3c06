-- How many runs of each part met an error. Parameters: journey, since and last (ms).
SELECT part, count() AS runs
FROM (
  SELECT part
  FROM report_parts
  WHERE run_id IN (
    SELECT run_id
    FROM throughline_errors
    WHERE journey = {journey:String}
      AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC'))
)
GROUP BY part
