-- Errors by the runs that met them, and how many of those converted all the same.
SELECT
  fingerprint AS error,
  any(message) AS message,
  arrayStringConcat(groupUniqArray(toString(errors.step)), ', ') AS at,
  uniqExact(errors.run_id) AS runs,
  uniqExactIf(errors.run_id, run.converted) AS conversions
FROM throughline_errors AS errors FINAL
INNER JOIN ({runs}) AS run ON run.run_id = errors.run_id
WHERE journey = '{journey}'
GROUP BY error
ORDER BY runs DESC
LIMIT 20
