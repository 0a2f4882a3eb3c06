-- What is of version 1, and names no visit, is of the one visit of its run with its step and attempt, if there is
-- exactly
-- one: a browser's goes before what a server entered. Only of runs with such an error or failed request. Parameters:
-- journey, since and last (ms).
SELECT
  run_id, toString(step) AS step, attempt, countIf(NOT server) AS browsed,
  if(browsed > 0, browsed, count()) AS fitting, if(browsed > 0, minIf(visit, NOT server), min(visit)) AS which
FROM throughline_visits FINAL
-- By the sort key, before the states of visits are merged.
PREWHERE journey = {journey:String}
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  AND run_id IN (
    SELECT run_id FROM throughline_errors WHERE journey = {journey:String} AND visit = 0
    UNION ALL
    SELECT run_id FROM throughline_calls WHERE journey = {journey:String} AND visit = 0 AND failed)
WHERE entered < 9223372036854775807
GROUP BY run_id, step, attempt
HAVING fitting = 1
