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
      run_id, step, device, network, country, converted, service, endpoint,
      uniqExactIf(span, failed) AS failures,
      argMin(duration_ms, (time, span)) AS first,
      avg(weight) AS weight
    FROM (
      SELECT run_id, step, device, network, country, converted, arrayJoin(keys) AS key
      FROM throughline_visits(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
        previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
    ) AS visit
    INNER JOIN (
      SELECT run_id, if(visit != 0, visit, cityHash64(toString(step), attempt)) AS key, service, endpoint, span, failed, duration_ms, time, weight
      FROM throughline_calls
      WHERE journey = {journey:String} AND server
      AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
    ) AS call ON call.run_id = visit.run_id AND call.key = visit.key
    GROUP BY run_id, step, device, network, country, converted, service, endpoint
  ) AS called
  INNER JOIN (
    SELECT service, endpoint, medianExact(duration) AS median
    FROM (
      SELECT service, endpoint, span, any(duration_ms) AS duration
      FROM throughline_calls
      WHERE journey = {journey:String} AND server
        AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
      GROUP BY service, endpoint, span
    )
    GROUP BY service, endpoint
  ) AS usual ON usual.service = called.service AND usual.endpoint = called.endpoint
)
GROUP BY service, endpoint, kind, step, device, network, country
