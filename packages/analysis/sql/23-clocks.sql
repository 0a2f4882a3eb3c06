-- How far the server's clock is ahead of the browser's, in microseconds, for the runs in which a server's time matters: the median over the
-- requests of the run of the distance between the middles of both sides.
-- Parameters: journey, since and until (ms, of the day the run began).
CREATE OR REPLACE VIEW throughline_clocks AS
SELECT run_id, toInt64(medianExact(offset)) AS ahead
FROM (
  SELECT
    run_id,
    maxIf(toUnixTimestamp64Micro(time) + duration_ms * 500, server)
      - maxIf(toUnixTimestamp64Micro(time) + duration_ms * 500, NOT server) AS offset
  FROM throughline_calls
  WHERE journey = {journey:String}
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
    AND run_id IN (
      SELECT run_id FROM throughline_journeys WHERE journey = {journey:String} AND server
      UNION ALL
      SELECT run_id FROM throughline_steps WHERE journey = {journey:String} AND kind = 'enter' AND server)
  GROUP BY run_id, request
  HAVING countIf(server) > 0 AND countIf(NOT server) > 0
)
GROUP BY run_id;
