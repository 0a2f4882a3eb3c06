-- The runs with anything at or after `before` (seconds since the epoch): whatever is kept of them stays.
SELECT run_id
FROM throughline_visits
WHERE entered BETWEEN {before} * 1000000 AND 9223372036854775806
  OR left BETWEEN {before} * 1000000 AND 9223372036854775806
UNION ALL
SELECT run_id FROM throughline_outcomes WHERE date >= {before} * 1000000
UNION ALL
SELECT run_id FROM throughline_exposures WHERE time >= fromUnixTimestamp64Micro({before} * 1000000)
UNION ALL
SELECT run_id FROM throughline_vitals WHERE time >= fromUnixTimestamp64Micro({before} * 1000000)
UNION ALL
SELECT run_id FROM throughline_errors WHERE time >= fromUnixTimestamp64Micro({before} * 1000000)
UNION ALL
SELECT run_id FROM throughline_calls WHERE time >= fromUnixTimestamp64Micro({before} * 1000000)
UNION ALL
SELECT run_id FROM throughline_aliases WHERE time >= {before} * 1000000
