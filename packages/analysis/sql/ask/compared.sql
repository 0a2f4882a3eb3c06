-- The runs, by a number that stands for each, whose clocks are compared: all of which a server gives a time that
-- counts, as it entered a visit or says that the run converted; and ten thousand others, to find clocks that are wrong.
-- Parameters: journey, from and last (ms, of the day the run began), narrowed (then there are no others).
SELECT cityHash64(run_id) AS run
FROM throughline_outcomes
WHERE journey = {journey:String} AND server AND outcome = 'converted'
  AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
UNION ALL
SELECT cityHash64(run_id) AS run
FROM throughline_visits
WHERE journey = {journey:String} AND server > 0
  AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
UNION ALL
SELECT run
FROM (
  SELECT cityHash64(run_id) AS run
  FROM throughline_visits
  -- A run's first visit.
  WHERE {narrowed:UInt8} = 0 AND journey = {journey:String} AND number < 2 AND entered < 9223372036854775807
    AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  ORDER BY run
  LIMIT 1 BY run
  LIMIT 10000
)
