-- What the conversions of runs are worth, by currency: of those that began at the start, and of those that began
-- later. Parameters: known (only runs of a known subject).
SELECT later, currency, sum(value) AS amount, count() AS conversions
FROM report_runs
WHERE inside AND converted AND valued AND (NOT {known:UInt8} OR person != '')
GROUP BY later, currency
ORDER BY amount DESC, currency
