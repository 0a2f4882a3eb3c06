-- What the number of each stratum stands for.
SELECT stratum, any(step) AS step, any(device) AS device, any(network) AS network, any(country) AS country
FROM report_steps
GROUP BY stratum
