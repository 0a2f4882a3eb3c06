-- Errors on a step, by the variants that were assigned.
SELECT
  fingerprint AS error,
  any(message) AS message,
  arrayStringConcat(arraySort(visit.variants), ', ') AS variant,
  uniqExact(errors.run_id) AS runs,
  sum(count) AS times
FROM throughline_errors AS errors FINAL
INNER JOIN ({visits}) AS visit ON visit.visit = errors.visit
WHERE journey = '{journey}'
GROUP BY error, variant
ORDER BY runs DESC
LIMIT 20
