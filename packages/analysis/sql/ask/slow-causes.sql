-- When some steps were slow: the first and the last time, and the newest visits. Any report of a vital counts that is
-- over the limit, so one that was measured anew in a visit counts here too. Parameters: journey, measures ("step measure
-- navigation-type") and slowFrom (ms, or a score), alike for each of them, names and places (all of their measures and
-- steps), since and last (ms).
SELECT
  {measures:Array(String)}[which] AS key,
  intDiv(min(at), 1000) AS firstSeen,
  intDiv(max(at), 1000) AS lastSeen,
  -- (microseconds, run, hash of the visit)
  arrayMap(newest -> (-newest.1, newest.2, newest.3), groupArraySorted(25)((-at, run, hash))) AS newest
FROM (
  SELECT indexOf({measures:Array(String)}, concat({steps:Array(String)}[place], ' ready')) AS which, start AS at, toString(run_id) AS run, toString(visit_id) AS hash
  FROM report_steps
  WHERE isFinite(ready) AND which > 0 AND ready > {slowFrom:Array(Float64)}[which]
  UNION ALL
  SELECT
    indexOf({measures:Array(String)}, trimRight(concat(toString(step), ' ', toString(name), ' ', toString(navigation_type)))) AS which,
    toUnixTimestamp64Micro(time) AS at, toString(run_id) AS run, toString(visit) AS hash
  FROM throughline_vitals AS vitals
  -- Of most vitals nothing else is read.
  PREWHERE journey = {journey:String} AND has({names:Array(String)}, name) AND has({places:Array(String)}, vitals.step)
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  WHERE which > 0 AND value > {slowFrom:Array(Float64)}[which]
    AND vitals.run_id IN (SELECT run_id FROM report_runs WHERE inside)
)
GROUP BY which
