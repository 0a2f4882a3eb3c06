-- What became of the visits to each step. A leave is easily lost with its page, so what the visits that follow say
-- counts where there is none: a visit followed by one of an earlier step went back; one of which a failure was
-- reported has failed.
SELECT
  step,
  uniqExact(run_id) AS runs,
  count() AS visits,
  countIf(outcome = 'returned') AS returned,
  countIf(outcome = 'failed') AS failed,
  countIf(isFinite(ready)) AS measured,
  quantilesExactInclusiveIf(0.5, 0.75, 0.95)(ready, isFinite(ready)) AS quantiles
FROM (
  SELECT
    run_id,
    {steps:Array(String)}[visit.place] AS step,
    visit.ready AS ready,
    multiIf(
      visit.outcome > 0, ['completed', 'failed', 'left', 'returned'][visit.outcome],
      has(failed_visits, visit.visit) OR (next = 0 AND has(failed_visits, 0)), 'failed',
      next BETWEEN 1 AND visit.place - 1, 'returned',
      '') AS outcome
  FROM (
    SELECT
      run_id,
      failed_visits,
      arrayFilter(visit -> NOT visit.floats, path) AS known,
      arrayJoin(arrayConcat(
        arrayZip(known, arrayPushBack(arrayPopFront(known.place), 0)),
        arrayMap(float -> (CAST((float.visit, float.place, float.attempt, float.time, float.ready, float.left, float.outcome,
          float.server, true), toTypeName(known[1])), toUInt16(65535)), floats))) AS pair,
      pair.1 AS visit,
      pair.2 AS next
    FROM report_runs
    WHERE inside
  )
)
GROUP BY step
