-- What became of the visits to each step.
SELECT
  step,
  uniqExact(run_id) AS runs,
  count() AS visits,
  countIf(outcome = 'returned') AS returned,
  countIf(outcome = 'failed') AS failed,
  countIf(ready IS NOT NULL) AS measured,
  quantilesExactInclusiveIf(0.5, 0.75, 0.95)(assumeNotNull(ready), ready IS NOT NULL) AS quantiles
FROM (
  SELECT run_id, step, attempt, minIf(ready_ms, kind = 'ready') AS ready, minIf(outcome, kind = 'leave') AS outcome
  FROM throughline_steps
  WHERE journey = {journey:String} AND version = {version:String} AND step IN {steps:Array(String)}
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
    AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) >= {since:Int64}
    AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) < {until:Int64}
  GROUP BY run_id, step, attempt
  HAVING countIf(kind = 'enter') > 0
)
GROUP BY step
