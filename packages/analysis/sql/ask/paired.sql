-- As offsets.sql: a join is quicker, but takes several answers to a request for several requests. It says of which
-- runs that is so (`repeated`).
SELECT
  run_id,
  toInt64(medianExact(there - here)) AS ahead,
  length(arrayDistinct(groupArray(pair))) < count() AS repeated
FROM (
  SELECT run_id, bitXor(request, cityHash64(run_id)) AS pair, toUnixTimestamp64Micro(time) + duration_ms * 500 AS there
  FROM throughline_calls
  WHERE journey = {journey:String} AND server AND ({narrowed:UInt8} = 0 OR run_id IN (SELECT run_id FROM report_narrowed))
    AND cityHash64(run_id) IN (SELECT run FROM report_compared)
    AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
) AS answer
INNER JOIN (
  SELECT bitXor(request, cityHash64(run_id)) AS pair, toUnixTimestamp64Micro(time) + duration_ms * 500 AS here
  FROM throughline_calls
  WHERE journey = {journey:String} AND NOT server AND ({narrowed:UInt8} = 0 OR run_id IN (SELECT run_id FROM report_narrowed))
    AND cityHash64(run_id) IN (SELECT run FROM report_compared)
    AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
) AS asked ON asked.pair = answer.pair
GROUP BY run_id
