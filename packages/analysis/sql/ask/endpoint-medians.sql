-- The endpoints that servers answered, and how long each usually takes.
SELECT which, any(call.service) AS service, any(call.endpoint) AS endpoint, medianExact(duration_ms) AS median
FROM report_calls AS call
GROUP BY which
