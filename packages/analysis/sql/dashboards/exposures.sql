-- Runs that met a variant for the first time.
SELECT $__timeInterval(at) AS time, variant, count() AS runs
FROM ({exposed})
GROUP BY time, variant
ORDER BY time
