-- One row per run of a journey that began in [since, until): the time (microseconds) at which it reached each step, 0 if it did not,
-- and whether it converted. `subject` is the first that was seen, `subjects` are all.
-- Parameters: journey, version, steps (declared order), previous (for each step the 1-based place of the last required
-- step before it, plus one; 1 if there is none), converts (1-based place), within, since and until (ms).
--
-- An enter is packed into one integer, place * 2^53 + microseconds, so that sorted ones lie by step and then by time: a fold over the steps
-- takes for each the first that is not before the required step before, and not beyond the window. At the same time enters count by step,
-- as the declared order has it. What a server entered is ordered by its step, not by its clock.
CREATE OR REPLACE VIEW throughline_runs AS
WITH 4611686018427387904 AS far, 9007199254740991 AS clock_bits
SELECT run_id, subject, subjects, capped, entered, times, times[{converts:UInt8}] > 0 AS converted
FROM (
  SELECT
    run_id, subject, subjects, capped, entered,
    multiIf(denied, toInt64(0), path[{converts:UInt8}] < far, path[{converts:UInt8}], confirmed > 0, greatest(confirmed, entered), toInt64(0)) AS finished,
    arrayMap((reached, place) -> if(place = {converts:UInt8}, finished, if(reached < far, reached, toInt64(0))), path, arrayEnumerate(path)) AS times
  FROM (
    SELECT
      run_id, subject, subjects, capped,
      arrayMin(enter -> bitAnd(enter, clock_bits), enters) AS entered,
      entered + {within:Int64} * 1000 AS deadline,
      -- When each step was reached: `far` if it was not, as nothing comes after that.
      arrayPopFront(arrayFold(
        (state, before, previous) -> arrayPushBack(state,
          if((arrayFirst(enter -> enter >= before + state[previous], enters) - before AS reached) BETWEEN 1 AND deadline, reached, far)),
        arrayMap(place -> toInt64(place) * (clock_bits + 1), arrayEnumerate({steps:Array(String)})),
        {previous:Array(UInt8)},
        [entered])) AS path,
      winner < far AND bitAnd(winner, 3) != 0 AS denied,
      if(winner < far AND bitAnd(winner, 3) = 0 AND intDiv(winner, 4) - skew <= deadline, intDiv(winner, 4) - skew, toInt64(0)) AS confirmed
    FROM (
      SELECT
        run_id, subject, subjects, winner, skew,
        length(entries) > 1000 AND length(arrayCompact(entries)) > 1000 AS capped,
        arraySlice(arraySort(enter -> (bitAnd(enter, clock_bits), enter), arrayCompact(entries)), 1, 1000) AS kept,
        -- What the server entered in time counts from the moment that the step before was reached, so it is put beside every enter.
        if(capped OR notEmpty(from_server), arraySort(arrayConcat(kept, arrayFlatten(arrayMap(
          late -> arrayMap(
            enter -> bitAnd(late, bitNot(clock_bits)) + bitAnd(enter, clock_bits),
            arrayPushBack(kept, greatest(bitAnd(late, clock_bits) - skew, 1))),
          arrayFilter(
            late -> bitAnd(late, clock_bits) - skew <= {within:Int64} * 1000
              + if(empty(kept), toInt64(clock_bits), arrayMin(enter -> bitAnd(enter, clock_bits), kept)),
            arraySlice(arrayCompact(arraySort(from_server)), 1, 100)))))), entries) AS enters
      FROM (
        SELECT
          run_id,
          min(ending) AS winner,
          sum(clock) AS skew,
          argMinIf(person, (if(packed = 0, far, bitAnd(packed, clock_bits)), packed, server, person), person != '') AS subject,
          arraySort(groupUniqArrayIf(person, person != '')) AS subjects,
          arraySort(groupArrayIf(65536)(packed, packed > 0 AND NOT server)) AS entries,
          groupArrayIf(65536)(packed, packed > 0 AND server) AS from_server
        FROM (
          SELECT
            day,
            run_id,
            toInt64(transform(step, {steps:Array(String)}, arrayEnumerate({steps:Array(String)}), 0)) * (clock_bits + 1) + toUnixTimestamp64Micro(time) AS packed,
            server,
            toInt64(9223372036854775807) AS ending,
            toInt64(0) AS clock,
            subject AS person
          FROM throughline_steps
          WHERE journey = {journey:String} AND kind = 'enter' AND version = {version:String} AND step IN {steps:Array(String)}
            AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
            -- Any time fits its bits.
            AND time > toDateTime64(0, 6, 'UTC') AND time < toDateTime64('2200-01-01 00:00:00', 6, 'UTC')
          UNION ALL
          -- The outcome that is believed is the smallest: the server's before the browser's, then the earliest.
          SELECT
            day,
            run_id,
            toInt64(0),
            false,
            toInt64(if(server, 0, far) + toUnixTimestamp64Micro(time) * 4 + transform(outcome, ['converted', 'failed'], [0, 1], 2)),
            toInt64(0),
            subject
          FROM throughline_journeys
          WHERE journey = {journey:String}
            AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
          UNION ALL
          -- How far the server's clock is ahead of the browser's, where it matters.
          SELECT day, run_id, toInt64(0), false, toInt64(9223372036854775807), toInt64(medianExact(offset)), ''
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
        HAVING (notEmpty(entries) OR notEmpty(from_server))
          AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) >= {since:Int64}
          AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) < {until:Int64}
          AND toDate(UUIDv7ToDateTime(run_id, 'UTC')) = min(day)
      )
    )
  )
)
