-- Visits whose device's clock was ahead of the receiver's.
SELECT $__timeInterval(at) AS time, count() AS visits, max(ahead_ms) / 1000 AS seconds
FROM (
  SELECT UUIDv7ToDateTime(run_id, 'UTC') AS at, ahead_ms
  FROM throughline_visits FINAL
  WHERE ahead_ms > 0 AND day BETWEEN toDate($__fromTime) - 1 AND toDate($__toTime) + 4
)
WHERE $__timeFilter(at)
GROUP BY time
ORDER BY time
