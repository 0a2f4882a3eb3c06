-- Runs with something that the reader should know of.
SELECT
  countIf(ahead_of_us) AS aheadOfUs,
  countIf(jumped) AS jumped,
  -- Nothing of the browser says that they converted.
  countIf(untested AND converted AND reported = 0 AND NOT has(path.place, {converts:UInt8})) AS untested,
  countIf(ahead != 0) AS compared,
  countIf(abs(ahead) > {limit:Float64} * 1000) AS skewed
FROM report_runs
WHERE inside
