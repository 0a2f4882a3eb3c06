-- One row per run of a journey that began in [since, until): the time (microseconds) at which it reached each step, 0 if it did not,
-- whether it converted and what that is worth. `subject` is the first that was seen, `subjects` are all, `enters` and `floating` as in
-- throughline_enters.
-- Parameters: journey, version, steps (declared order), previous (for each step the 1-based place of the last required
-- step before it, plus one; 1 if there is none), converts (1-based place), within, since and until (ms).
--
-- A step counts by the first of its enters that stands behind the one by which the required step before it counts, if its time is at most
-- `within` after the run's first enter. Places in the run decide, not clocks: a clock that jumps changes no order. A server's times are moved
-- by how far its clock is ahead.
--
-- The fold goes over the steps in declared order and keeps for each the place in the run of the enter by which it counts, 0 for the start, `far`
-- if it does not count. For that an enter is step * 2^20 + place in the run.
CREATE OR REPLACE VIEW throughline_runs AS
WITH 4611686018427387904 AS far, 1048576 AS places
SELECT
  run_id, subject, subjects, capped, entered, enters, floating,
  arrayMap(
    (at, step) -> if(step = {converts:UInt8}, finished, if(at = far, 0, if(at = 0, entered, clocks[at]))),
    path, arrayEnumerate(path)) AS times,
  finished > 0 AS converted,
  worth
FROM (
  SELECT
    run_id, subject, subjects, capped, enters, floating, entered, clocks, worth, path,
    path[{converts:UInt8}] AS arrival,
    multiIf(
      denied, 0,
      arrival = 0, entered,
      arrival < far, clocks[arrival],
      reported BETWEEN 1 AND deadline, greatest(reported, entered),
      confirmed BETWEEN 1 AND deadline, greatest(confirmed, entered),
      0) AS finished
  FROM (
    SELECT
      run_id, subject, subjects, capped, enters, floating, entered, clocks, worth, denied, reported, confirmed, deadline,
      arrayPopFront(arrayFold(
        (state, step, required, is_floating) -> arrayPushBack(state, multiIf(
          state[required] = far, far,
          is_floating, state[required],
          (arrayFirst(enter -> enter > step * places + state[required] AND enter < (step + 1) * places, in_time) - step * places AS at) > 0, at,
          far)),
        arrayMap(step -> toInt64(step), arrayEnumerate({steps:Array(String)})),
        {previous:Array(UInt8)},
        arrayMap(step -> has(floating_steps, step), arrayEnumerate({steps:Array(String)})),
        [toInt64(0)])) AS path
    FROM (
      SELECT
        run_id, subject, subjects, capped, enters, floating, entered, clocks, worth, denied, reported, confirmed,
        arrayMap(enter -> enter.1, floating_in_time) AS floating_steps,
        entered + {within:Int64} * 1000 AS deadline,
        arrayFilter(
          (enter, clock) -> clock <= deadline,
          arrayMap((enter, place) -> toInt64(bitAnd(toUInt64(enter), 32767)) * places + place, enters, arrayEnumerate(enters)),
          clocks) AS in_time
      FROM (
        SELECT
          run_id, subject, subjects, capped, enters, floating, clocks, worth, denied, reported, confirmed,
          arrayFilter(enter -> enter.2 <= clocks[1] + {within:Int64} * 1000, floats) AS floating_in_time,
          if(empty(floating_in_time), clocks[1], least(clocks[1], arrayMin(enter -> enter.2, floating_in_time))) AS entered
        FROM (
          SELECT
            run.run_id AS run_id, capped, enters, floating, worth,
            if(run.subject != '', run.subject, outcome.subject) AS subject,
            arraySort(arrayDistinct(arrayConcat(run.subjects, outcome.subjects))) AS subjects,
            outcome.by_server AND NOT outcome.converted AS denied,
            outcome.reported AS reported,
            if(outcome.confirmed > 0, greatest(outcome.confirmed - ahead, 1), 0) AS confirmed,
            arrayMap(
              enter -> greatest(toInt64(bitAnd(toUInt64(bitShiftRight(enter, 40)), 72057594037927935)) - if(bitAnd(toUInt64(enter), 32768) > 0, ahead, 0), 1),
              enters) AS clocks,
            arrayMap(
              enter -> (toUInt16(bitAnd(toUInt64(enter), 32767)), greatest(toInt64(bitAnd(toUInt64(bitShiftRight(enter, 40)), 72057594037927935)) - ahead, 1)),
              floating) AS floats
          FROM throughline_enters(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
            since = {since:Int64}, until = {until:Int64}) AS run
          LEFT JOIN throughline_outcomes(journey = {journey:String}, since = {since:Int64}, until = {until:Int64}) AS outcome ON outcome.run_id = run.run_id
          LEFT JOIN throughline_clocks(journey = {journey:String}, since = {since:Int64}, until = {until:Int64}) AS clock ON clock.run_id = run.run_id
        )
      )
    )
  )
);
