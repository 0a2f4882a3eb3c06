-- How far the units came: by the last step that each reached (1-based; 0 for none) and whether it converted. `onward` are those that had reached the
-- required step before the converting one: a server may confirm a conversion of whose way there nothing arrived.
SELECT
  converted,
  arrayLastIndex(time -> time > 0, times) AS furthest,
  count() AS units,
  countIf(capped) AS capped,
  sumForEach(arrayMap(time -> time > 0, times)) AS reached,
  countIf({previous:Array(UInt8)}[{converts:UInt8}] = 1 OR times[{previous:Array(UInt8)}[{converts:UInt8}] - 1] > 0) AS onward
FROM throughline_runs(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
  previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
GROUP BY converted, furthest
