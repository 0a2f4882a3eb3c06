-- How far the server's clock is ahead of the browser's, by run, in microseconds: the median over the requests of the
-- run of the distance between the middles of both sides. Parameters: journey, from and last (ms, of the day the run
-- began).
SELECT run_id, toInt64(medianExact(offset)) AS ahead
FROM (
  SELECT
    run_id,
    maxIf(toUnixTimestamp64Micro(time) + duration_ms * 500, server)
      - maxIf(toUnixTimestamp64Micro(time) + duration_ms * 500, NOT server) AS offset
  FROM throughline_calls
  WHERE journey = {journey:String}
    AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  GROUP BY run_id, request
  HAVING countIf(server) > 0 AND countIf(NOT server) > 0
)
GROUP BY run_id
