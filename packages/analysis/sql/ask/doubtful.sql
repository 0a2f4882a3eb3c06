-- Runs with something that the reader should know of.
SELECT
  countIf(ahead_of_us) AS aheadOfUs,
  countIf(jumped) AS jumped,
  countIf(ahead != 0) AS compared,
  countIf(abs(ahead) > {limit:Float64} * 1000) AS skewed
FROM report_runs
WHERE inside
