-- Runs by how far the server's clock is from the browser's: the median over their requests of the distance between the middles of both sides.
SELECT count() AS runs, countIf(abs(skew) > {limit:Float64}) AS skewed
FROM (
  SELECT run_id, medianExact(offset) AS skew
  FROM (
    SELECT
      run_id,
      maxIf(toUnixTimestamp64Micro(time) / 1000 + duration_ms / 2, server)
        - maxIf(toUnixTimestamp64Micro(time) / 1000 + duration_ms / 2, NOT server) AS offset
    FROM throughline_calls
    WHERE day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
    GROUP BY run_id, request
    HAVING countIf(server) > 0 AND countIf(NOT server) > 0
  )
  GROUP BY run_id
)
