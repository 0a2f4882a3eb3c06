-- What servers answered, each request once. `which` stands for the endpoint: numbers group quickly. Requests without
-- weight are of runs that a collector left out but for what failed or was slow: the first that is stored of such a run
-- need not be its first.
SELECT visit, cityHash64(service, endpoint) AS which, service, endpoint, failed, duration_ms, time, span, weight
FROM throughline_calls FINAL
WHERE journey = {journey:String} AND server AND weight > 0
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
