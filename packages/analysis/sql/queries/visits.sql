-- What became of the visits to each step. What a browser and what a server entered are visits of their own; spans that name no visit (version 1)
-- are about the one visit with their step and attempt, the browser's if there is one.
SELECT
  step,
  uniqExact(run_id) AS runs,
  count() AS visits,
  countIf(outcome = 'returned') AS returned,
  countIf(outcome = 'failed') AS failed,
  countIf(ready.1) AS measured,
  quantilesExactInclusiveIf(0.5, 0.75, 0.95)(ready.2, ready.1) AS quantiles
FROM (
  SELECT
    run_id, step,
    arrayFilter(own -> own.1 = visit.2 OR (own.1 = 0 AND is_only), readies) AS measured,
    (notEmpty(measured), arrayMin(arrayMap(own -> own.2, measured))) AS ready,
    arrayMin(arrayMap(own -> own.2, arrayFilter(own -> own.1 = visit.2 OR (own.1 = 0 AND is_only), leaves))) AS outcome
  FROM (
    SELECT
      run_id, step, attempt, readies, leaves, visit,
      arrayCount(other -> other.1 <= visit.1, visits) = 1 AS is_only
    FROM (
      SELECT
        run_id, step, attempt,
        groupUniqArrayIf((server, visit), kind = 'enter') AS visits,
        groupUniqArrayIf((visit, assumeNotNull(ready_ms)), kind = 'ready' AND ready_ms IS NOT NULL) AS readies,
        groupUniqArrayIf((visit, toString(outcome)), kind = 'leave') AS leaves
      FROM throughline_steps
      WHERE journey = {journey:String} AND version = {version:String} AND step IN {steps:Array(String)}
        AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
        AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) >= {since:Int64}
        AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) < {until:Int64}
      GROUP BY run_id, step, attempt
    )
    ARRAY JOIN visits AS visit
  )
)
GROUP BY step
