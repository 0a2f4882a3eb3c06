-- Conversion by latency bucket of each measure, by part, step and stratum. Parameters: only (a step; all if empty).
SELECT
  part, step, measure, navigation, bucket, device, network, country,
  sum(counted.visits) AS visits,
  sum(counted.conversions) AS conversions
FROM report_latency_counts AS counted
INNER JOIN report_strata AS strata ON strata.stratum = counted.stratum
WHERE {only:String} = '' OR step = {only:String}
GROUP BY part, step, measure, navigation, bucket, device, network, country
-- Sums of fractions depend on the order of what is added.
ORDER BY part, step, measure, navigation, bucket, device, network, country
