-- How many visits each step had, and how many of their runs converted, by stratum and by phase: those that were still open when it began.
SELECT step, device, network, country, phase, count() AS visits, countIf(converted) AS conversions
FROM throughline_visits(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
  previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
ARRAY JOIN arrayEnumerate({phases:Array(Float64)}) AS phase
WHERE phase = 1 OR ended >= start + {phases:Array(Float64)}[phase] * 1000
GROUP BY step, device, network, country, phase
