-- Runs that met each error, by the step, stratum and phase of the visit in which they first did (`first`), and those
-- that had met it before and were still there in a later phase, who are nobody's comparison. An error that is dated
-- after its visit ended was met in the last phase that the visit saw.
SELECT
  fingerprint, step, device, network, country, phase,
  countIf(phase = met) AS visits,
  countIf(phase = met AND converted) AS conversions,
  countIf(phase > met) AS earlier,
  countIf(phase > met AND converted) AS earlierConversions
FROM (
  SELECT
    fingerprint, step, device, network, country, converted, start, ended,
    arrayLastIndex(phase -> phase * 1000 <= greatest(least(min(error.at), ended) - start, 0), {phases:Array(Float64)}) AS met,
    arrayJoin(arrayEnumerate({phases:Array(Float64)})) AS phase
  -- There are fewer errors than visits, so visits are looked up among errors.
  FROM (SELECT arrayJoin(keys) AS key, * EXCEPT (keys) FROM report_steps) AS visit
  INNER JOIN (
    SELECT if(visit != 0, visit, cityHash64(run_id, toString(step), attempt)) AS key, fingerprint, toUnixTimestamp64Micro(min(time)) AS at
    FROM throughline_errors
    WHERE journey = {journey:String}
      AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
    GROUP BY key, fingerprint
  ) AS error ON error.key = visit.key
  GROUP BY fingerprint, visit_id, run_id, step, device, network, country, converted, start, ended
)
WHERE phase = met OR (phase > met AND ended >= start + {phases:Array(Float64)}[phase] * 1000)
GROUP BY fingerprint, step, device, network, country, phase
-- Sums of fractions depend on the order of what is added.
ORDER BY fingerprint, step, device, network, country, phase
