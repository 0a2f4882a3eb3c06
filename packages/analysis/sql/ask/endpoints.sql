-- What servers answered, by endpoint, step and stratum, among the visits that called the endpoint: those whose first
-- call was slow (longer than twice the endpoint's median) or of whose calls one failed. Endpoints are told apart by a
-- hash until the end: numbers group quickly.
SELECT
  any(named.1) AS service, any(named.2) AS endpoint, kind, step, device, network, country,
  countIf(met) AS visits,
  countIf(met AND converted) AS conversions,
  count() AS callers,
  countIf(converted) AS callerConversions,
  sumIf(calls, met) AS occurrences,
  avg(weight) AS weight
FROM (
  SELECT
    called.which AS which, step, device, network, country, converted, weight, (usual.service, usual.endpoint) AS named,
    arrayJoin(['failing-endpoint', 'slow-endpoint']) AS kind,
    if(kind = 'failing-endpoint', failures > 0, first > 2 * median) AS met,
    if(kind = 'failing-endpoint', failures, 1) AS calls
  FROM (
    SELECT
      visit_id, which,
      countIf(failed) AS failures,
      -- Of equal times the smallest span: a pair in one number.
      argMin(duration_ms, bitShiftLeft(toUInt128(greatest(toUnixTimestamp64Micro(time), 0)), 64) + span) AS first,
      avg(call_weight) AS weight
    FROM (
      SELECT visit AS visit_id, cityHash64(service, endpoint) AS which, failed, duration_ms, time, span, weight AS call_weight
      FROM throughline_calls FINAL
      WHERE journey = {journey:String} AND server AND visit != 0
        AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
      UNION ALL
      SELECT visit.visit_id AS visit_id, cityHash64(service, endpoint) AS which, failed, duration_ms, time, span, weight AS call_weight
      FROM throughline_calls AS call FINAL
      INNER JOIN (SELECT visit_id, keys[2] AS key FROM report_steps WHERE length(keys) = 2) AS visit
        ON visit.key = cityHash64(call.run_id, toString(call.step), call.attempt)
      WHERE journey = {journey:String} AND server AND call.visit = 0
        AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
    )
    GROUP BY visit_id, which
  ) AS called
  INNER JOIN report_steps AS visit ON visit.visit_id = called.visit_id
  INNER JOIN (
    SELECT cityHash64(call.service, call.endpoint) AS which, any(call.service) AS service, any(call.endpoint) AS endpoint, medianExact(duration_ms) AS median
    FROM throughline_calls AS call FINAL
    WHERE journey = {journey:String} AND server
      AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
    GROUP BY which
  ) AS usual ON usual.which = called.which
)
GROUP BY which, kind, step, device, network, country
-- Sums of fractions depend on the order of what is added.
ORDER BY service, endpoint, kind, step, device, network, country
