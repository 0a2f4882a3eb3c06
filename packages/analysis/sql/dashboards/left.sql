-- Where those left whose window is over and who did not convert: the last step of each.
SELECT last_step AS step, count() AS runs
FROM ({runs})
WHERE NOT converted AND began < now() - INTERVAL intDiv({within}, 1000) SECOND
GROUP BY step
ORDER BY runs DESC
