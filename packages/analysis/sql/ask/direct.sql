-- A funnel alone, as far as the visits of a run need not be put in order: of a regular run, the smallest index of its
-- visits to each step says all. One row for each way that regular runs went (how many `units` went it), and one for
-- each run that is `doubted`, which goes the long way (gathered.sql and what follows).
--
-- A run is doubted if
--   a server entered a visit, or a visit has no index (version 1);
--   a visit stands in several rows, which are not merged here, or there are more visits than are compared;
--   not all of its visits are in time, or whether it may still go on depends on which of them was the first;
--   it came to a step before the required one before it, at the same index, or it began later;
--   a server says that it failed, or anyone that it converted, while it did not come to the converting step.
--
-- What a visit's enter says counts: no page sends a ready or leave that names another step.
--
-- Parameters: those of gathered.sql; beginning and whole (sets of steps, by bits: up to the first required step; the
-- converting one and all required before it); within and asOf (ms). `{minima}`, `{reached}` and `{in_order}` are
-- written for each journey's steps (src/ask/funnel-alone.ts).
WITH 16 AS compared
SELECT doubted, converted, going, reached, count() AS units
FROM (
  SELECT
    run.run_id AS run_id,
    {reached} AS came,
    bitAnd(came, {whole:UInt64}) = {whole:UInt64} AS arrived,
    least(first, {asOf:Int64} * 1000) + {within:Int64} * 1000 > {asOf:Int64} * 1000 AS open,
    served OR enters > compared OR enters != different
      OR last - first > {within:Int64} * 1000
      OR bitAnd(came, {beginning:UInt64}) = 0 OR NOT ({in_order})
      OR word.denied
      OR (NOT arrived AND word.converts)
      OR (NOT arrived AND NOT word.ended AND open != (least(last, {asOf:Int64} * 1000) + {within:Int64} * 1000 > {asOf:Int64} * 1000))
      AS doubtful,
    if(doubtful, run_id, toUUID('00000000-0000-0000-0000-000000000000')) AS doubted,
    if(doubtful, 0, came) AS reached,
    NOT doubtful AND arrived AS converted,
    NOT doubtful AND NOT arrived AND NOT word.ended AND open AS going
  FROM (
    SELECT
      run_id, {minima},
      min(entered) AS first,
      max(entered) AS last,
      max(server OR number = 0) AS served,
      count() AS enters,
      uniqUpTo(16)(visit) AS different
    FROM throughline_visits
    WHERE journey = {journey:String} AND (version IN {versions:Array(String)}) = {listed:UInt8} AND step IN {steps:Array(String)}
      AND entered < 9223372036854775807
      AND ({synthetic:String} = 'include' OR (run_id IN (SELECT run_id FROM {machines})) = ({synthetic:String} = 'only'))
      AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
      AND day = toDate(UUIDv7ToDateTime(run_id, 'UTC'))
      AND least(toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')), {now:Int64} - 1) BETWEEN {from:Int64} AND {until:Int64} - 1
    GROUP BY run_id
  ) AS run
  LEFT ANY JOIN (
    SELECT
      run_id,
      true AS ended,
      max(outcome = 'converted') AS converts,
      max(server AND outcome != 'converted') AS denied
    FROM throughline_outcomes
    WHERE journey = {journey:String} AND outcome IN ('converted', 'failed', 'abandoned')
      AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
    GROUP BY run_id
  ) AS word ON word.run_id = run.run_id
)
GROUP BY doubted, converted, going, reached
