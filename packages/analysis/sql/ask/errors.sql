-- Runs that met each error, by part, step, stratum and phase, and who had met it before. Parameters: only (a step;
-- all if empty).
SELECT
  part, fingerprint, step, device, network, country, phase,
  sum(counted.visits) AS visits,
  sum(counted.conversions) AS conversions,
  sum(counted.earlier) AS earlier,
  sum(counted.earlierConversions) AS earlierConversions
FROM report_error_counts AS counted
INNER JOIN report_strata AS strata ON strata.stratum = counted.stratum
WHERE {only:String} = '' OR step = {only:String}
GROUP BY part, fingerprint, step, device, network, country, phase
-- Sums of fractions depend on the order of what is added.
ORDER BY part, fingerprint, step, device, network, country, phase
