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
    if(confirmed > 0 OR denied,
      arrayMap(
        (time, place) -> if(place != {converts:UInt8}, time, if(denied, toInt64(0), if(time = 0, greatest(confirmed, entered), time))),
        path, arrayEnumerate({steps:Array(String)})),
      path) AS times
  FROM (
    SELECT
      run_id, subject, subjects, capped, entered,
      arrayMap(enter -> if(enter < limit, intDiv(enter, 128), toInt64(0)), arrayPopFront(arrayFold(
        (state, place, previous) -> arrayPushBack(state, if(state[previous] = 0, toInt64(0),
          arrayFirst(enter -> bitAnd(enter, 127) = place * 2 AND enter >= state[previous], enters))),
        arrayEnumerate({steps:Array(String)}),
        {previous:Array(UInt8)},
        [enters[1]]))) AS path,
      winner < far AND bitAnd(winner, 3) != 0 AS denied,
      if(winner < far AND bitAnd(winner, 3) = 0 AND intDiv(winner, 4) - skew <= deadline, intDiv(winner, 4) - skew, toInt64(0)) AS confirmed
    FROM (
      SELECT
        run_id, subject, subjects, winner, skew, capped, entered, deadline, limit,
        -- What the server entered in time counts from the moment that the step before was reached, so it is put beside each earlier one.
        if(from_server,
          arraySort(arrayFlatten(arrayMap(
            enter -> if(bitAnd(enter, 1) = 0, [enter], arrayMap(
              time -> time * 128 + bitAnd(enter, 126),
              if(enter < limit, arrayMap(other -> intDiv(other, 128), kept), []))),
            kept))),
          kept) AS enters
      FROM (
        SELECT *, intDiv(kept[1], 128) AS entered, entered + {within:Int64} * 1000 AS deadline, (deadline + 1) * 128 AS limit
        FROM (
          SELECT
            run_id, subject, subjects, winner, skew, from_server,
            length(different) > 1000 AS capped,
            if(from_server, arraySort(arrayMap(enter -> enter - bitAnd(enter, 1) * skew * 128, arraySlice(different, 1, 1000))),
              if(length(different) > 1000, arraySlice(different, 1, 1000), different)) AS kept
          FROM (
            SELECT
              run_id, subject, subjects, winner, skew, from_server,
              if(length(collected) > 1000, arrayCompact(arraySort(collected)), arraySort(collected)) AS different
            FROM (
              SELECT
                run_id,
                min(ending) AS winner,
                sum(clock) AS skew,
                max(bitAnd(packed, 1)) = 1 AS from_server,
                argMinIf(person, (if(packed = 0, far, packed), person), person != '') AS subject,
                arraySort(groupUniqArrayIf(person, person != '')) AS subjects,
                groupArrayIf(65536)(packed, packed > 0) AS collected
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
              HAVING length(collected) > 0
                AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) >= {since:Int64}
                AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) < {until:Int64}
                AND toDate(UUIDv7ToDateTime(run_id, 'UTC')) = min(day)
            )
          )
        )
      )
    )
  )
)
