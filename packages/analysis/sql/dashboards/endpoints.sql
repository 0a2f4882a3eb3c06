-- What servers answered during visits to a step. Each call stands for as many as sampling let it.
SELECT
  service,
  endpoint,
  round(sum(weight)) AS calls,
  sumIf(weight, failed) / sum(weight) AS share_failing,
  quantileExactWeighted(0.5)(duration_ms, toUInt64(round(weight))) AS p50,
  quantileExactWeighted(0.95)(duration_ms, toUInt64(round(weight))) AS p95
FROM throughline_calls AS calls FINAL
WHERE journey = '{journey}' AND server AND weight > 0 AND step = '${step}'
  AND day BETWEEN toDate($__fromTime) - 32 AND toDate($__toTime) + 1
  AND time BETWEEN $__fromTime AND $__toTime
GROUP BY service, endpoint
ORDER BY calls DESC
LIMIT 20
