-- The visits that met a request that failed. What is of version 1, and names no visit, is of the one visit of its run with its step
-- and attempt, if there is exactly one: a browser's goes before what a server entered. Parameters: journey, steps,
-- since and last (ms).
SELECT visit
FROM throughline_calls
WHERE journey = {journey:String} AND visit != 0 AND failed
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
UNION ALL
SELECT visit
FROM (
  SELECT run_id, one.place AS place, one.attempt AS attempt, countIf(NOT one.server) AS browsed,
    if(browsed > 0, browsed, count()) AS fitting, if(browsed > 0, minIf(one.visit, NOT one.server), min(one.visit)) AS visit
  FROM (
    SELECT run_id, arrayJoin(arrayFilter(visit -> NOT visit.floats, path)) AS one
    FROM report_runs
    WHERE inside AND run_id IN (SELECT run_id FROM throughline_calls WHERE journey = {journey:String} AND visit = 0 AND failed)
  )
  GROUP BY run_id, place, attempt
  HAVING fitting = 1
) AS own
INNER JOIN (
  SELECT DISTINCT run_id, toUInt16(indexOf({steps:Array(String)}, step)) AS place, attempt
  FROM throughline_calls
  WHERE journey = {journey:String} AND visit = 0 AND failed
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
) AS met USING (run_id, place, attempt)
