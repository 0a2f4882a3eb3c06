-- How soon the step was usable, and within what user research asks for (empty where nothing is declared).
SELECT
  $__timeInterval(at) AS time,
  quantileExact(0.5)(ready_ms) AS p50,
  quantileExact(0.75)(ready_ms) AS p75,
  any(transform('${step}', [{targeted}], [{targets}], NULL)) AS target
FROM ({visits})
WHERE isFinite(ready_ms)
GROUP BY time
ORDER BY time
