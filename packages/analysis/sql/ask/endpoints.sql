-- Who called each endpoint, by part, step and stratum, and whose first call was slow or of whose calls one failed.
-- Parameters: only (a step; all if empty).
SELECT
  part, service, endpoint, any(median) AS median, step, device, network, country, kind,
  sum(counted.callers) AS callers,
  sum(counted.callerConversions) AS callerConversions,
  sum(counted.weight) AS weight,
  sum(counted.visits) AS visits,
  sum(counted.conversions) AS conversions,
  sum(counted.occurrences) AS occurrences
FROM report_endpoint_counts AS counted
INNER JOIN (SELECT which, service, endpoint, median FROM report_endpoint_medians) AS named ON named.which = counted.which
INNER JOIN report_strata AS strata ON strata.stratum = counted.stratum
WHERE {only:String} = '' OR step = {only:String}
GROUP BY part, service, endpoint, step, device, network, country, kind
-- Sums of fractions depend on the order of what is added.
ORDER BY part, service, endpoint, kind, step, device, network, country
