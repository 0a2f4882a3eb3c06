-- One row per run of a journey that began in [since, until): the time (microseconds) at which it reached each step, 0 if it did not,
-- and whether it converted. `subject` is the first that was seen, `subjects` are all.
-- Parameters: journey, version, steps (declared order), previous (for each step the 1-based place of the last required
-- step before it, plus one; 1 if there is none), converts (1-based place), within, since and until (ms).
--
-- An enter is packed into one integer, microseconds * 128 + place * 2 + (1 if the server saw it): sorting it sorts by time, then by step.
-- A fold then takes each enter that lies inside the window and comes after the required step before it. `state`
-- begins with 1, "always reached"; what the server entered is negative, as it is ordered by step, not by its clock: the events
-- of a run that has such are gone through twice.
CREATE OR REPLACE VIEW throughline_runs AS
SELECT
  run_id,
  subject,
  subjects,
  entered,
  capped,
  multiIf(
    confirmed_at > 0, arrayMap((time, place) -> if(place = {converts:UInt8} AND time = 0, greatest(confirmed_at, entered), time), path, arrayEnumerate(path)),
    denied, arrayMap((time, place) -> if(place = {converts:UInt8}, toInt64(0), time), path, arrayEnumerate(path)),
    path) AS times,
  times[{converts:UInt8}] > 0 AS converted
FROM (
  SELECT
    run_id,
    subject,
    subjects,
    capped,
    intDiv(enters[1], 128) AS entered,
    entered + {within:Int64} * 1000 AS deadline,
    arrayMap(time -> toInt64(abs(time)), arraySlice(arrayFold(
      (state, enter) -> if(
        state[intDiv(bitAnd(enter, 127), 2) + 1] = 0
          AND intDiv(enter, 128) <= deadline
          AND state[{previous:Array(UInt8)}[intDiv(bitAnd(enter, 127), 2)]] != 0
          AND (bitAnd(enter, 1) = 1 OR intDiv(enter, 128) >= state[{previous:Array(UInt8)}[intDiv(bitAnd(enter, 127), 2)]]),
        arrayMap(
          (time, place) -> if(place = intDiv(bitAnd(enter, 127), 2) + 1, if(bitAnd(enter, 1) = 1,
            -greatest(intDiv(enter, 128), toInt64(abs(state[{previous:Array(UInt8)}[intDiv(bitAnd(enter, 127), 2)]]))), intDiv(enter, 128)), time),
          state, arrayEnumerate(state)),
        state),
      if(from_server, arrayConcat(enters, enters), enters),
      arrayConcat([1]::Array(Int64), arrayMap(step -> toInt64(0), {steps:Array(String)})))
    , 2)) AS path,
    winner < 4611686018427387904 AND bitAnd(winner, 3) != 0 AS denied,
    if(winner < 4611686018427387904 AND bitAnd(winner, 3) = 0 AND intDiv(winner, 4) - skew <= deadline, intDiv(winner, 4) - skew, toInt64(0)) AS confirmed_at
  FROM (
    SELECT
      run_id,
      min(ending) AS winner,
      sum(clock) AS skew,
      argMinIf(person, (if(packed = 0, 9223372036854775807, packed), person), person != '') AS subject,
      arraySort(groupUniqArrayIf(person, person != '')) AS subjects,
      groupArraySortedIf(4000)(packed, packed > 0) AS collected,
      if(length(collected) > 1000, arrayCompact(collected), collected) AS distinct_enters,
      length(distinct_enters) > 1000 AS capped,
      arraySlice(distinct_enters, 1, 1000) AS kept,
      arrayExists(enter -> bitAnd(enter, 1) = 1, kept) AS from_server,
      if(from_server, arraySort(arrayMap(enter -> enter - bitAnd(enter, 1) * skew * 128, kept)), kept) AS enters
    FROM (
      SELECT
        day,
        run_id,
        toUnixTimestamp64Micro(time) * 128 + toInt64(transform(step, {steps:Array(String)}, arrayEnumerate({steps:Array(String)}), 0)) * 2 + server AS packed,
        toInt64(9223372036854775807) AS ending,
        toInt64(0) AS clock,
        subject AS person
      FROM throughline_steps
      WHERE journey = {journey:String} AND kind = 'enter' AND version = {version:String} AND has({steps:Array(String)}, step)
        AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
      UNION ALL
      -- The outcome that is believed is the smallest: the server's before the browser's, then the earliest.
      SELECT
        day,
        run_id,
        toInt64(0),
        toInt64(if(server, 0, 4611686018427387904) + toUnixTimestamp64Micro(time) * 4 + transform(outcome, ['converted', 'failed'], [0, 1], 2)),
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
      AND toDate(UUIDv7ToDateTime(run_id, 'UTC')) = any(day)
  )
)
