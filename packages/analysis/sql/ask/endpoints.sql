-- What servers answered, by endpoint, step and stratum, among the runs that called the endpoint on the step: runs whose first call was
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
    called.service AS service, called.endpoint AS endpoint, visit.step AS step, device, network, country, converted, weight,
    arrayJoin(['failing-endpoint', 'slow-endpoint']) AS kind,
    if(kind = 'failing-endpoint', failures > 0, first > 2 * median) AS met,
    if(kind = 'failing-endpoint', failures, 1) AS calls
  FROM (
    SELECT
      run_id, service, endpoint, step,
      uniqExactIf(span, failed) AS failures,
      argMin(duration_ms, (time, span)) AS first,
      avg(weight) AS weight
    FROM throughline_calls
    WHERE journey = {journey:String} AND server
      AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
    GROUP BY run_id, service, endpoint, step
  ) AS called
  INNER JOIN report_steps AS visit ON called.run_id = visit.run_id AND called.step = visit.step
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
