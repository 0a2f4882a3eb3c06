-- The endpoints that servers answered, and how long each usually takes. Its hash stands for it in endpoints.sql:
-- numbers group quickly.
SELECT cityHash64(call.service, call.endpoint) AS which, any(call.service) AS service, any(call.endpoint) AS endpoint, medianExact(duration_ms) AS median
FROM throughline_calls AS call FINAL
WHERE journey = {journey:String} AND server AND weight > 0
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
GROUP BY which
