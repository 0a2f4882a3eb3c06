-- What became of the visits to each step. A leave is easily lost with its page, so what the visits that follow say
-- counts where there is none: a visit followed by one of an earlier step went back; one of which a failure was
-- reported has failed.
SELECT
  {steps:Array(String)}[place] AS step,
  countIf(nth = 1) AS runs,
  count() AS visits,
  countIf(became = 'returned') AS returned,
  countIf(became = 'failed') AS failed,
  countIf(isFinite(ready)) AS measured,
  quantilesExactInclusiveIf(0.5, 0.75, 0.95)(ready, isFinite(ready)) AS quantiles
FROM (
  SELECT
    place, nth, ready,
    multiIf(
      outcome > 0, ['completed', 'failed', 'left', 'returned'][outcome],
      has(failed_visits, visit) OR (next = 0 AND has(failed_visits, 0)), 'failed',
      next BETWEEN 1 AND place - 1, 'returned',
      '') AS became
  FROM (
    SELECT
      failed_visits,
      arrayFilter(visit -> NOT visit.floats, path) AS known,
      arrayConcat(known.visit, floats.visit) AS visits,
      arrayConcat(known.place, floats.place) AS places,
      arrayConcat(known.ready, floats.ready) AS readies,
      arrayConcat(known.outcome, floats.outcome) AS outcomes,
      -- The place of the next visit: 0 behind the last one; what a server entered somewhere has none.
      arrayConcat(arrayPushBack(arrayPopFront(known.place), 0), arrayMap(float -> toUInt16(65535), floats.place)) AS nexts
    FROM report_runs
    WHERE inside
  )
  ARRAY JOIN
    visits AS visit, places AS place, arrayEnumerateUniq(places) AS nth, readies AS ready, outcomes AS outcome, nexts AS next
)
GROUP BY place
