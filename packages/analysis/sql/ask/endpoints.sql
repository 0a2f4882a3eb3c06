-- What servers answered, by endpoint, step and stratum, among the visits that called the endpoint: those whose first
-- call was slow (longer than twice the endpoint's median) or of whose calls one failed. Calls without weight are of runs
-- that a collector left out but for what failed or was slow: the first one that is stored need not be their first.
SELECT
  service, endpoint, median, step, device, network, country, callers, callerConversions, weight,
  outcome.1 AS kind,
  outcome.2 AS visits,
  outcome.3 AS conversions,
  outcome.4 AS occurrences
FROM (
  SELECT
    called.which AS which,
    stratum,
    count() AS callers,
    countIf(converted) AS callerConversions,
    sum(weight) AS weight,
    arrayJoin([
      ('failing-endpoint', countIf(failures > 0), countIf(failures > 0 AND converted), sum(failures)),
      ('slow-endpoint', countIf(first > 2 * median), countIf(first > 2 * median AND converted), countIf(first > 2 * median))
    ]) AS outcome
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
      WHERE journey = {journey:String} AND server AND visit != 0 AND weight > 0
        AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
      UNION ALL
      SELECT visit.visit_id AS visit_id, cityHash64(service, endpoint) AS which, failed, duration_ms, time, span, weight AS call_weight
      FROM throughline_calls AS call FINAL
      INNER JOIN (SELECT visit_id, keys[2] AS key FROM report_steps WHERE length(keys) = 2) AS visit
        ON visit.key = cityHash64(call.run_id, toString(call.step), call.attempt)
      WHERE journey = {journey:String} AND server AND call.visit = 0 AND weight > 0
        AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
    )
    GROUP BY visit_id, which
  ) AS called
  INNER JOIN (
    SELECT visit_id, stratum, converted
    FROM report_steps
    WHERE day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  ) AS visit ON visit.visit_id = called.visit_id
  INNER JOIN (SELECT which, median FROM report_endpoint_medians) AS usual ON usual.which = called.which
  GROUP BY which, stratum
) AS counted
INNER JOIN (SELECT which, service, endpoint, median FROM report_endpoint_medians) AS named ON named.which = counted.which
INNER JOIN report_strata AS strata ON strata.stratum = counted.stratum
-- Sums of fractions depend on the order of what is added.
ORDER BY service, endpoint, kind, step, device, network, country
