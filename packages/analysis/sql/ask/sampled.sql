-- How many requests of runs are stored, how many of them stand for several, and for how many all stand. Parameters:
-- journeys, since and last (ms).
SELECT count() AS stored, countIf(weight > 1) AS sampled, sum(weight) AS stands
FROM throughline_calls FINAL
WHERE journey IN {journeys:Array(String)} AND server
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
