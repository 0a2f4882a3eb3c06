-- What servers answered, by endpoint, step and stratum, among the visits that called the endpoint: those whose first call was
-- slow (longer than twice the endpoint's median) or of whose calls one failed.
SELECT
  service, endpoint, kind, step, device, network, country,
  countIf(met) AS visits,
  countIf(met AND converted) AS conversions,
  count() AS callers,
  countIf(converted) AS callerConversions,
  sumIf(calls, met) AS occurrences,
  avg(weight) AS weight
FROM (
  SELECT
    called.service AS service, called.endpoint AS endpoint, step, device, network, country, converted, weight,
    arrayJoin(['failing-endpoint', 'slow-endpoint']) AS kind,
    if(kind = 'failing-endpoint', failures > 0, first > 2 * median) AS met,
    if(kind = 'failing-endpoint', failures, 1) AS calls
  FROM (
    SELECT
      visit_id, step, device, network, country, converted, service, endpoint,
      uniqExactIf(span, failed) AS failures,
      argMin(duration_ms, (time, span)) AS first,
      avg(weight) AS weight
    FROM (
      SELECT
        if(visit != 0, visit, cityHash64(run_id, toString(step), attempt)) AS key,
        toString(service) AS service, toString(endpoint) AS endpoint, span, failed, duration_ms, time, weight
      FROM throughline_calls
      WHERE journey = {journey:String} AND server
        AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
    ) AS call
    INNER JOIN (SELECT arrayJoin(keys) AS key, visit_id, step, device, network, country, converted FROM report_steps) AS visit ON visit.key = call.key
    GROUP BY visit_id, step, device, network, country, converted, service, endpoint
  ) AS called
  INNER JOIN (
    SELECT service, endpoint, medianExact(duration) AS median
    FROM (
      SELECT service, endpoint, span, any(duration_ms) AS duration
      FROM throughline_calls
      WHERE journey = {journey:String} AND server
        AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
      GROUP BY service, endpoint, span
    )
    GROUP BY service, endpoint
  ) AS usual ON usual.service = called.service AND usual.endpoint = called.endpoint
)
GROUP BY service, endpoint, kind, step, device, network, country
