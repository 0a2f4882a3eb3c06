-- Runs of a journey in versions that are not declared, most first.
SELECT version, uniqExact(run_id) AS runs
FROM throughline_steps
WHERE journey = {journey:String} AND kind = 'enter' AND version NOT IN {versions:Array(String)}
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
GROUP BY version
ORDER BY runs DESC, version
