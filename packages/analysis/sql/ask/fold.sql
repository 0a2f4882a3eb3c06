-- What became of each unit (a run, or all runs of a subject): which steps it reached, whether it converted, whether
-- it may still go on. Reads report_units: one row a unit, with its visits in order (`path`), when it began
-- (`entered`) and what its outcomes say. Parameters: steps (declared order), previous (for each step the place of the
-- last required step before it; 0 if there is none), converts (place), required (the place of the first required
-- step), within and asOf (ms).
--
-- The fold goes over the visits in order. `reached` holds for each step the position of the visit by which it counts,
-- 0 as long as none does. A visit counts for its step if none did before, if the required step before it is reached,
-- and if its time is at most `within` after the first visit's. A unit that began later, at a step behind the first
-- required one, is folded from there: the steps before its first visit are waived.
WITH 4294967295 AS waived
SELECT
  *,
  arrayMap(
    (position, step) -> multiIf(step = {converts:UInt8}, finished, position = 0 OR position = waived, 0, path[position].time),
    reached, arrayEnumerate(reached)) AS times,
  finished > 0 AS converted,
  finished = 0 AND NOT ended AND least(entered, {asOf:Int64} * 1000) + {within:Int64} * 1000 > {asOf:Int64} * 1000 AS going
FROM (
  SELECT
    *,
    multiIf(
      denied, 0,
      reached[{converts:UInt8}] BETWEEN 1 AND waived - 1, path[reached[{converts:UInt8}]].time,
      reported BETWEEN 1 AND deadline, greatest(reported, entered),
      confirmed BETWEEN 1 AND deadline, greatest(confirmed, entered),
      0) AS finished
  FROM (
    SELECT
      *,
      arrayFold(
        (state, visit, position) -> if(
          visit.time <= deadline AND state[visit.place] = 0
            AND ({previous:Array(UInt8)}[visit.place] = 0 OR state[{previous:Array(UInt8)}[visit.place]] > 0),
          arrayMap((at, step) -> if(step = visit.place, position, at), state, arrayEnumerate(state)),
          state),
        path,
        arrayEnumerate(path),
        arrayMap(step -> toUInt32(if(later AND step < path[1].place, waived, 0)), arrayEnumerate({steps:Array(String)}))) AS reached
    FROM (
      SELECT
        *,
        NOT arrayExists(visit -> visit.place <= {required:UInt8} AND visit.time <= deadline, path) AS later
      FROM (SELECT *, entered + {within:Int64} * 1000 AS deadline FROM report_units)
    )
  )
)
