-- How many rows of requests stand for several or for none; copies are not left out, which takes longer (sampled.sql). Parameters:
-- journeys, since and last (ms).
SELECT count() AS rows
FROM throughline_calls
WHERE journey IN {journeys:Array(String)} AND server AND weight != 1
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
