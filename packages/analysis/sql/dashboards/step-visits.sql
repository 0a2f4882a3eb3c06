-- The visits to a step that were entered in the time range, without crawlers and tests.
SELECT
  run_id, visit, fromUnixTimestamp64Micro(toInt64(entered), 'UTC') AS at, ready_ms, toString(outcome) AS outcome, device, variants
FROM throughline_visits FINAL
WHERE journey = '{journey}' AND step = '${step}' AND entered < 9223372036854775807 AND synthetic = ''
  AND day BETWEEN toDate($__fromTime) - 32 AND toDate($__toTime) + 1
  AND at BETWEEN $__fromTime AND $__toTime
