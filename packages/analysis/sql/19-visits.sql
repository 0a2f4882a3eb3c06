-- The first visit of each run to each step that it reached before converting: when it began and ended (microseconds; `far` when nothing says
-- that it ended), and whether the run converted. Parameters as for throughline_runs.
CREATE OR REPLACE VIEW throughline_visits AS
WITH 4611686018427387904 AS far
SELECT
  run_id,
  converted,
  device,
  network,
  country,
  visit.1 AS start,
  visit.2 AS step,
  visit.3 AS attempt,
  least(
    arrayMin(arrayMap(enter -> if(enter.1 > start, enter.1, toInt64(far)), enters)),
    arrayMin(arrayPushBack(arrayMap(leave -> if(leave.2 = step AND leave.3 = attempt, leave.1, toInt64(far)), leaves), toInt64(far)))) AS ended
FROM (
  SELECT
    run_id,
    arraySort(groupUniqArrayIf((toUnixTimestamp64Micro(time), toString(step), attempt), kind = 'enter')) AS enters,
    groupUniqArrayIf((toUnixTimestamp64Micro(time) + toInt64(duration_ms * 1000), toString(step), attempt), kind = 'leave') AS leaves,
    argMinIf(toString(device), (time, event), device != '') AS device,
    argMinIf(toString(network), (time, event), network != '') AS network,
    argMinIf(toString(country), (time, event), country != '') AS country
  FROM throughline_steps
  WHERE journey = {journey:String} AND kind IN ('enter', 'leave') AND version = {version:String} AND step IN {steps:Array(String)}
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
  GROUP BY run_id
) AS visited
INNER JOIN (
  SELECT run_id, times, converted
  FROM throughline_runs(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
    previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
) AS run USING run_id
ARRAY JOIN arrayFilter(
  (enter, place) -> times[place] > 0 AND enter.2 != '',
  arrayMap(name -> arrayFirst(enter -> enter.2 = name, enters), arrayPopBack(arraySlice({steps:Array(String)}, 1, {converts:UInt8}))),
  arrayEnumerate(arrayPopBack(arraySlice({steps:Array(String)}, 1, {converts:UInt8})))) AS visit
