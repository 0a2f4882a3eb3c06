-- How far the units came, by step.
SELECT
  count() AS units,
  countIf(converted) AS conversions,
  countIf(capped) AS capped,
  sumForEach(arrayMap(time -> time > 0, times)) AS reached,
  sumForEach(arrayMap((time, place) -> time > 0 AND (place = 1 OR times[place - 1] > 0), times, {previous:Array(UInt8)})) AS continued,
  sumForEach(arrayMap(place -> NOT converted AND place = arrayLastIndex(time -> time > 0, times), arrayEnumerate(times))) AS dropped
FROM throughline_runs(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
  previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
