-- How far the server's clock is ahead of the browser's, by run, in microseconds: the median over the requests of the
-- run of the distance between the middles of both sides; of several on one side the latest counts. Many requests are
-- paired, by one number for run and request. Parameters: journey, from and last (ms, of the day the run began), split
-- (whether paired.sql does the runs of which each request has one of both sides).
SELECT run_id, toInt64(medianExact(offset)) AS ahead
FROM (
  SELECT any(run_id) AS run_id, max(there) - max(here) AS offset
  FROM (
    SELECT
      run_id,
      bitXor(request, cityHash64(run_id)) AS pair,
      toUnixTimestamp64Micro(time) + duration_ms * 500 AS middle,
      -- One condition each would cost more: what is not there is smaller than any time.
      if(server, middle, -inf) AS there,
      if(server, -inf, middle) AS here
    FROM throughline_calls
    WHERE journey = {journey:String} AND ({narrowed:UInt8} = 0 OR run_id IN (SELECT run_id FROM report_narrowed))
      AND cityHash64(run_id) IN (SELECT run FROM report_compared)
      AND (NOT {split:UInt8} OR run_id IN (SELECT run_id FROM report_unclear))
      AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  )
  GROUP BY pair
  HAVING max(there) > -inf AND max(here) > -inf
)
GROUP BY run_id
