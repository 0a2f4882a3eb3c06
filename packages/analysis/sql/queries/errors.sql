-- Runs that met each error, by the step, stratum and phase of the visit in which they first did (`first`), and those that had met it
-- before and were still there in a later phase, who are nobody's comparison.
SELECT
  fingerprint, step, device, network, country, phase,
  countIf(phase = met) AS visits,
  countIf(phase = met AND converted) AS conversions,
  countIf(phase > met) AS earlier,
  countIf(phase > met AND converted) AS earlierConversions
FROM (
  SELECT
    error.fingerprint AS fingerprint, visit.step AS step, device, network, country, converted, start, ended,
    arrayLastIndex(phase -> phase * 1000 <= greatest(error.at - start, 0), {phases:Array(Float64)}) AS met,
    arrayJoin(arrayEnumerate({phases:Array(Float64)})) AS phase
  FROM throughline_visits(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
  previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64}) AS visit
  INNER JOIN (
    SELECT run_id, step, attempt, fingerprint, toUnixTimestamp64Micro(min(time)) AS at
    FROM throughline_errors
    WHERE journey = {journey:String}
      AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
    GROUP BY run_id, step, attempt, fingerprint
  ) AS error ON error.run_id = visit.run_id AND error.step = visit.step AND error.attempt = visit.attempt
)
WHERE phase = met OR (phase > met AND ended >= start + {phases:Array(Float64)}[phase] * 1000)
GROUP BY fingerprint, step, device, network, country, phase
