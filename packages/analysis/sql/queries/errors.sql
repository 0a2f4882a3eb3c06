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
    fingerprint, step, device, network, country, converted, start, ended,
    arrayLastIndex(phase -> phase * 1000 <= greatest(at - start, 0), {phases:Array(Float64)}) AS met,
    arrayJoin(arrayEnumerate({phases:Array(Float64)})) AS phase
  FROM (
    SELECT run_id, fingerprint, step, device, network, country, converted, start, ended, min(error.at) AS at
    FROM (
      SELECT run_id, step, device, network, country, converted, start, ended, arrayJoin(keys) AS key
      FROM throughline_visits(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
        previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
    ) AS visit
    INNER JOIN (
      SELECT run_id, if(visit != 0, visit, cityHash64(toString(step), attempt)) AS key, fingerprint, toUnixTimestamp64Micro(min(time)) AS at
      FROM throughline_errors
      WHERE journey = {journey:String}
        AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
      GROUP BY run_id, key, fingerprint
    ) AS error ON error.run_id = visit.run_id AND error.key = visit.key
    GROUP BY run_id, fingerprint, step, device, network, country, converted, start, ended
  )
)
WHERE phase = met OR (phase > met AND ended >= start + {phases:Array(Float64)}[phase] * 1000)
GROUP BY fingerprint, step, device, network, country, phase
