-- How many first visits each day has, to divide long questions by.
SELECT toUnixTimestamp(day) * 1000 AS day, count() AS visits
FROM report_steps
GROUP BY day
ORDER BY day
