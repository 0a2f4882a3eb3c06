-- Runs that were assigned a variant and came to the step where the variants begin to differ, and those of them without an exposure.
SELECT
  count() AS runs,
  countIf(run_id NOT IN (SELECT run_id FROM throughline_exposures WHERE hypothesis = {hypothesis:String})) AS missing
FROM (
  SELECT run_id
  FROM throughline_steps
  WHERE journey = {journey:String} AND kind = 'enter' AND step = {step:String} AND hypotheses[{hypothesis:String}] != ''
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
    AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) >= {since:Int64}
    AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) < {until:Int64}
  GROUP BY run_id
)
