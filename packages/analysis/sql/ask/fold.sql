-- What became of each unit (a run, or all runs of a subject): which steps it reached, whether it converted, whether
-- it may still go on. Reads report_units: one row a unit, with its visits in order (`path`), when it began
-- (`entered`) and what its outcomes say. Parameters: steps (declared order), previous (for each step the place of
-- the last required step before it; 0 if there is none), converts (place), required (the place of the first required
-- step), within and asOf (ms).
--
-- A visit counts for its step if none did before, if the required step before it is reached, and if its time is at
-- most `within` after the first visit's. `reached` holds for each step the position of the visit by which it counts,
-- 0 if none does.
--
-- Read it from the inside:
--   1. the visits that are in time, as places;
--   2. the first of them to each step;
--   3. whether the unit is `straight`: it began at the start, and came to no step before the required one before it;
--   4. what it reached. Nearly all units are straight, and then the first visit to each step is the one that counts.
--     The others are walked visit by visit. A unit that began `later`, at a step behind the first required one, is
--     walked from there: the steps before its first visit are waived;
--   5. whether and when it converted, and when it reached each step.
WITH 4294967295 AS waived
SELECT
  -- Of a breakdown that divides the runs (tagged.sql).
  toInt64(0) AS part,
  * EXCEPT (deadline, in_time, firsts, befores, straight, missing, reached, converting, moments),
  arrayMap(
    (position, step) -> multiIf(step = {converts:UInt8}, finished, position = 0 OR position = waived, 0, moments[position]),
    reached, arrayEnumerate(reached)) AS times,
  finished > 0 AS converted,
  -- Only a server says so, and nothing compares its clock with the browser's.
  finished > 0 AND untested AND NOT (converting BETWEEN 1 AND waived - 1) AND NOT (reported BETWEEN 1 AND deadline) AS undated,
  finished = 0 AND NOT ended AND least(entered, {asOf:Int64} * 1000) + {within:Int64} * 1000 > {asOf:Int64} * 1000 AS going
FROM (
  SELECT
    *,
    reached[{converts:UInt8}] AS converting,
    multiIf(
      denied, 0,
      converting BETWEEN 1 AND waived - 1, moments[converting],
      reported BETWEEN 1 AND deadline, greatest(reported, entered),
      confirmed BETWEEN 1 AND deadline, greatest(confirmed, entered),
      0) AS finished
  FROM (
    SELECT
      *,
      if(straight,
        arrayMap((first, before) -> if(before < missing, first, 0), firsts, {previous:Array(UInt8)}),
        arrayFold(
          (state, place, position) -> if(
            place > 0 AND state[place] = 0
              AND ({previous:Array(UInt8)}[place] = 0 OR state[{previous:Array(UInt8)}[place]] > 0),
            arrayMap((at, step) -> if(step = place, position, at), state, arrayEnumerate(state)),
            state),
          in_time,
          arrayEnumerate(in_time),
          arrayMap(step -> toUInt32(if(later AND step < path[1].place, waived, 0)), arrayEnumerate({steps:Array(String)})))) AS reached
    FROM (
      SELECT
        *,
        NOT later AND NOT arrayExists((first, before) -> first > 0 AND first < before, firsts, befores) AS straight,
        -- The first required step without a visit: what lies behind it is not reached.
        arrayMin(arrayMap((place, before) -> if(place > 0 AND before = 0, place, 255), {previous:Array(UInt8)}, befores)) AS missing
      FROM (
        SELECT
          *,
          -- For each step the first visit to the required step before it.
          arrayMap(place -> firsts[place], {previous:Array(UInt8)}) AS befores
        FROM (
          SELECT
            *,
            NOT arrayExists(place -> place BETWEEN 1 AND {required:UInt8}, in_time) AS later,
            arrayMap(step -> toUInt32(indexOf(in_time, step)), arrayEnumerate({steps:Array(String)})) AS firsts
          FROM (
            SELECT
              *,
              entered + {within:Int64} * 1000 AS deadline,
              path.time AS moments,
              arrayMap((place, time) -> if(time <= deadline, toUInt8(place), 0), path.place, moments) AS in_time
            FROM report_units
          )
        )
      )
    )
  )
)
