-- How many requests of runs are stored, how many of them stand for several, for how many these stand, and how many are
-- of runs that a collector left out but for what failed or was slow. Parameters: journeys, since and last (ms).
SELECT countIf(weight > 0) AS stored, countIf(weight > 1) AS sampled, sum(weight) AS stands, countIf(weight = 0) AS beside
FROM throughline_calls FINAL
WHERE journey IN {journeys:Array(String)} AND server
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
