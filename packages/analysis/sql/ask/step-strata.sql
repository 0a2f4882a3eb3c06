-- How many visits each step had, and how many of their runs converted, by part, stratum and phase: those that were
-- still open when it began. Parameters: only (a step; all if empty).
SELECT
  part, step, device, network, country, phase,
  sum(counted.visits) AS visits,
  sum(counted.conversions) AS conversions
FROM report_step_counts AS counted
INNER JOIN report_strata AS strata ON strata.stratum = counted.stratum
WHERE {only:String} = '' OR step = {only:String}
GROUP BY part, step, device, network, country, phase
-- Sums of fractions depend on the order of what is added.
ORDER BY part, step, device, network, country, phase
