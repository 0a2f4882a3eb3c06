-- Runs that were assigned a variant and came to the step where the variants begin to differ, and those of them
-- without an exposure.
SELECT
  count() AS runs,
  countIf(run_id NOT IN (SELECT run_id FROM throughline_exposures WHERE hypothesis = {hypothesis:String})) AS missing
FROM (
  SELECT DISTINCT run_id
  FROM throughline_visits
  WHERE ({synthetic:String} = 'include' OR (run_id IN (SELECT run_id FROM report_machines)) = ({synthetic:String} = 'only'))
    AND journey = {journey:String} AND step = {step:String} AND entered < 9223372036854775807
    AND arrayExists(assigned -> startsWith(assigned, concat({hypothesis:String}, '=')), variants)
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
    AND least(toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')), {now:Int64} - 1) BETWEEN {since:Int64} AND {until:Int64} - 1
)
