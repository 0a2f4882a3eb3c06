-- What guardrails watch: the 75th percentile of each vital and of readiness, in runs that met a variant.
SELECT variant, step, name, count() AS measured, quantileExact(0.75)(value) AS percentile_75
FROM (
  SELECT run_id, toString(step) AS step, toString(name) AS name, max(value) AS value
  FROM throughline_vitals
  WHERE journey = '{journey}' AND day BETWEEN toDate($__fromTime) - 1 AND toDate($__toTime) + 1
  GROUP BY run_id, step, name, measurement
  UNION ALL
  SELECT run_id, toString(step), 'ready', ready_ms
  FROM throughline_visits FINAL
  WHERE journey = '{journey}' AND isFinite(ready_ms) AND day BETWEEN toDate($__fromTime) - 1 AND toDate($__toTime) + 1
) AS measures
INNER JOIN ({exposed}) AS exposed ON exposed.run_id = measures.run_id
GROUP BY variant, step, name
ORDER BY step, name, indexOf([{variants}], variant)
