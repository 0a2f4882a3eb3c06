-- One row per run of a journey that began in [since, until): the time (microseconds) at which it reached each step, 0 if it did not,
-- and whether it converted. `subject` is the first that was seen, `subjects` are all.
-- Parameters: journey, version, steps (declared order), previous (for each step the 1-based place of the last required
-- step before it, plus one; 1 if there is none), converts (1-based place), within, since and until (ms).
--
-- An enter is packed into one integer, microseconds * 128 + place * 2 + (1 if the server saw it), so that integers compare as
-- enters do: by time, then by step. A fold over the steps takes for each the earliest enter that comes after the required step before;
-- those outside the window are dropped last, as nothing inside can follow them. What a server entered is ordered by its step,
-- not by its clock.
CREATE OR REPLACE VIEW throughline_runs AS
WITH 4611686018427387904 AS far
SELECT run_id, subject, subjects, capped, entered, times, times[{converts:UInt8}] > 0 AS converted
FROM (
  SELECT
    run_id, subject, subjects, capped, entered,
    arrayConcat(
      arraySlice(path, 1, {converts:UInt8} - 1),
      [multiIf(denied, toInt64(0), path[{converts:UInt8}] = 0 AND confirmed > 0, greatest(confirmed, entered), path[{converts:UInt8}])],
      arraySlice(path, {converts:UInt8} + 1)) AS times
  FROM (
    SELECT
      run_id, subject, subjects, capped,
      intDiv(enters[1], 128) AS entered,
      entered + {within:Int64} * 1000 AS deadline,
      arrayMap(enter -> if(enter < (deadline + 1) * 128, intDiv(enter, 128), toInt64(0)), arrayPopFront(arrayFold(
        (state, place, previous) -> arrayPushBack(state, if(state[previous] = 0, toInt64(0),
          arrayFirst(enter -> bitAnd(enter, 127) = place * 2 AND enter >= state[previous], enters))),
        arrayEnumerate({steps:Array(String)}),
        {previous:Array(UInt8)},
        [enters[1]]))) AS path,
      winner < far AND bitAnd(winner, 3) != 0 AS denied,
      if(winner < far AND bitAnd(winner, 3) = 0 AND intDiv(winner, 4) - skew <= deadline, intDiv(winner, 4) - skew, toInt64(0)) AS confirmed
    FROM (
      SELECT
        run_id, subject, subjects, winner, skew,
        length(different) > 1000 AS capped,
        arraySlice(different, 1, 1000) AS kept,
        -- What the server entered in time counts from the moment that the step before was reached, so it is put beside every enter.
        if(empty(from_server) AND NOT capped, different, arraySort(arrayConcat(kept, arrayFlatten(arrayMap(
          late -> arrayMap(
            other -> intDiv(other, 128) * 128 + bitAnd(late, 126),
            arrayFilter(other -> late - skew * 128 < (intDiv(least(late - skew * 128, if(empty(kept), toInt64(far), kept[1])), 128) + {within:Int64} * 1000 + 1) * 128,
              arrayPushBack(kept, late - skew * 128))),
          from_server))))) AS enters
      FROM (
        SELECT
          run_id,
          min(ending) AS winner,
          sum(clock) AS skew,
          argMinIf(person, (if(packed = 0, far, packed), person), person != '') AS subject,
          arraySort(groupUniqArrayIf(person, person != '')) AS subjects,
          arrayCompact(arraySort(groupArrayIf(65536)(packed, packed > 0 AND bitAnd(packed, 1) = 0))) AS different,
          arraySlice(arrayCompact(arraySort(groupArrayIf(65536)(packed, bitAnd(packed, 1) = 1))), 1, 100) AS from_server
        FROM (
          SELECT
            day,
            run_id,
            toUnixTimestamp64Micro(time) * 128 + toInt64(transform(step, {steps:Array(String)}, arrayEnumerate({steps:Array(String)}), 0)) * 2 + server AS packed,
            toInt64(9223372036854775807) AS ending,
            toInt64(0) AS clock,
            subject AS person
          FROM throughline_steps
          WHERE journey = {journey:String} AND kind = 'enter' AND version = {version:String} AND step IN {steps:Array(String)}
            AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
          UNION ALL
          -- The outcome that is believed is the smallest: the server's before the browser's, then the earliest.
          SELECT
            day,
            run_id,
            toInt64(0),
            toInt64(if(server, 0, far) + toUnixTimestamp64Micro(time) * 4 + transform(outcome, ['converted', 'failed'], [0, 1], 2)),
            toInt64(0),
            subject
          FROM throughline_journeys
          WHERE journey = {journey:String}
            AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
          UNION ALL
          -- How far the server's clock is ahead of the browser's, where it matters.
          SELECT day, run_id, toInt64(0), toInt64(9223372036854775807), toInt64(medianExact(offset)), ''
          FROM (
            SELECT
              day,
              run_id,
              maxIf(toUnixTimestamp64Micro(time) + duration_ms * 500, server)
                - maxIf(toUnixTimestamp64Micro(time) + duration_ms * 500, NOT server) AS offset
            FROM throughline_calls
            WHERE journey = {journey:String}
              AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
              AND run_id IN (
                SELECT run_id FROM throughline_journeys WHERE journey = {journey:String} AND server
                UNION ALL
                SELECT run_id FROM throughline_steps WHERE journey = {journey:String} AND kind = 'enter' AND server)
            GROUP BY day, run_id, request
            HAVING countIf(server) > 0 AND countIf(NOT server) > 0
          )
          GROUP BY day, run_id
        )
        GROUP BY run_id
        HAVING (length(different) > 0 OR length(from_server) > 0)
          AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) >= {since:Int64}
          AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) < {until:Int64}
          AND toDate(UUIDv7ToDateTime(run_id, 'UTC')) = min(day)
      )
    )
  )
)
