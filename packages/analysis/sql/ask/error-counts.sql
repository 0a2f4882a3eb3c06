-- First visits that met each error, by part, stratum and the phase in which they first did, and those that had met
-- it before and were still there in a later phase (`earlier`), who are nobody's comparison. An error that is dated
-- after its visit ended was met in the last phase that the visit saw. Parameters: journey, since and last (ms),
-- phases (ms).
SELECT
  part, fingerprint, stratum, phase,
  countIf(phase = met) AS visits,
  countIf(phase = met AND converted) AS conversions,
  countIf(phase > met) AS earlier,
  countIf(phase > met AND converted) AS earlierConversions
FROM (
  SELECT
    step.part AS part, fingerprint, step.stratum AS stratum, step.converted AS converted, step.start AS start, step.ended AS ended,
    arrayLastIndex(phase -> phase * 1000 <= greatest(least(error.at, ended) - start, 0), {phases:Array(Float64)}) AS met,
    arrayJoin(arrayEnumerate({phases:Array(Float64)})) AS phase
  -- There are fewer errors than visits, so visits are looked up among errors.
  FROM report_steps AS step
  INNER JOIN (
    SELECT visit, fingerprint, toUnixTimestamp64Micro(min(told.time)) AS at
    FROM (
      SELECT visit, fingerprint, time
      FROM throughline_errors
      WHERE journey = {journey:String} AND visit != 0
        AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
      UNION ALL
      SELECT own.visit_id AS visit, fingerprint, time
      FROM report_steps AS own
      INNER JOIN (
        SELECT cityHash64(run_id, toString(step), attempt) AS key, fingerprint, time
        FROM throughline_errors
        WHERE journey = {journey:String} AND visit = 0
          AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
      ) AS loose ON loose.key = own.key
      WHERE own.key != 0
    ) AS told
    GROUP BY visit, fingerprint
  ) AS error ON error.visit = step.visit_id
)
WHERE phase = met OR (phase > met AND ended >= start + {phases:Array(Float64)}[phase] * 1000)
GROUP BY part, fingerprint, stratum, phase
