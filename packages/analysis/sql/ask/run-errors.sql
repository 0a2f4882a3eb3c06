-- How many errors some runs met. Parameters: journey, runs, since and last (ms).
SELECT toString(run_id) AS run, sum(occurrences) AS errors
FROM (
  SELECT run_id, event, max(count) AS occurrences
  FROM throughline_errors
  WHERE journey = {journey:String} AND has({runs:Array(String)}, toString(run_id))
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  GROUP BY run_id, event
)
GROUP BY run
