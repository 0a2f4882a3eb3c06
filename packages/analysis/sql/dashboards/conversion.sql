-- The share of the runs that began in each interval and converted. The newest may still convert.
SELECT $__timeInterval(began) AS time, avg(converted) AS conversion, count() AS runs
FROM ({runs})
GROUP BY time
ORDER BY time
