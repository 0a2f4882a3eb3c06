-- The first visit of each run to each step that it reached before converting: when it began and ended (microseconds; `far` when nothing says
-- that it ended), and whether the run converted. First in the order of the run; where both a browser and a server entered the step, the browser's.
-- Parameters as for throughline_runs.
--
-- `keys` are what says that a span is about the visit: its id or, in spans of version 1, which name none, the hash of step and attempt, if no other visit
-- of the run has both. A browser's visit goes first: what a server entered is meant only where no browser entered that step and attempt.
CREATE OR REPLACE VIEW throughline_visits AS
WITH 4611686018427387904 AS far
SELECT
  run_id, converted, device, network, country, start, step, attempt, keys,
  least(
    arrayMin(arrayMap(enter -> if(enter.1 > start, enter.1, toInt64(far)), entered)),
    arrayMin(arrayPushBack(arrayMap(leave -> if(has(keys, leave.2), leave.1, toInt64(far)), leaves), toInt64(far)))) AS ended
FROM (
  SELECT
    run_id, converted, device, network, country, entered, leaves,
    visit.1 AS start,
    visit.2 AS step,
    visit.3 AS attempt,
    arrayCount(other -> other.2 = visit.2 AND other.3 = visit.3 AND other.5 <= visit.5, entered) = 1 AS is_only,
    if(is_only, [visit.4, cityHash64(step, attempt)], [visit.4]) AS keys
  FROM (
    SELECT
      run_id, converted, device, network, country, entered, leaves,
      arrayMap(
        -- The browser's: without the server's bit.
        place -> if(arrayFirst(enter -> bitAnd(toUInt64(enter), 65535) = place, enters) AS by_browser > 0,
          by_browser,
          arrayFirst(enter -> bitAnd(toUInt64(enter), 32767) = place, arrayConcat(enters, floating))),
        arrayFilter(place -> times[place] > 0, range(1, {converts:UInt8}))) AS firsts
    FROM (
      SELECT run_id, converted, times, enters, floating
      FROM throughline_runs(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
        previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
    ) AS run
    INNER JOIN (
      SELECT
        run_id,
        -- (time, step, attempt, visit, whether a server entered it, index or after)
        arraySort(groupUniqArrayIf(
          (toUnixTimestamp64Micro(time), toString(step), attempt, visit, server, if(server, visit_after, visit_index)), kind = 'enter')) AS entered,
        groupUniqArrayIf(
          (toUnixTimestamp64Micro(time) + toInt64(duration_ms * 1000), if(visit != 0, visit, cityHash64(toString(step), attempt))), kind = 'leave') AS leaves,
        argMinIf(toString(device), (time, event), device != '') AS device,
        argMinIf(toString(network), (time, event), network != '') AS network,
        argMinIf(toString(country), (time, event), country != '') AS country
      FROM throughline_steps
      WHERE journey = {journey:String} AND kind IN ('enter', 'leave') AND version = {version:String} AND step IN {steps:Array(String)}
        AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
      GROUP BY run_id
    ) AS visited USING run_id
  )
  -- What throughline_enters packed, with all that is known of it.
  ARRAY JOIN arrayMap(
    first -> arrayFirst(
      enter -> enter.1 = toInt64(bitAnd(toUInt64(bitShiftRight(first, 40)), 72057594037927935))
        AND enter.2 = {steps:Array(String)}[bitAnd(toUInt64(first), 32767)]
        AND enter.5 = (bitAnd(toUInt64(first), 32768) > 0)
        AND enter.6 = toUInt32(bitShiftRight(first, 96)),
      entered),
    firsts) AS visit
);
