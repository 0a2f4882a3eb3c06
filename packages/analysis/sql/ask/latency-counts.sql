-- First visits by part, stratum and latency bucket of each measure. A visit's measurement is its first of that
-- measure. `edges` holds the three bounds between the buckets of how long a step took to be ready, for each of
-- those that are `timed`. vitals.sql says what marks are and what bounds the others. Parameters: steps, timed,
-- edges, navigations.
SELECT part, stratum, 'ready' AS measure, '' AS navigation, bucket, count() AS visits, countIf(converted) AS conversions
FROM (
  SELECT
    part, stratum, converted,
    arrayMap(step -> indexOf({timed:Array(String)}, step), {steps:Array(String)})[place] AS which,
    (ready > {edges:Array(Float64)}[which * 3 - 2]) + (ready > {edges:Array(Float64)}[which * 3 - 1]) + (ready > {edges:Array(Float64)}[which * 3]) AS bucket
  FROM report_steps
  WHERE isFinite(ready)
)
WHERE which > 0
GROUP BY part, stratum, bucket
UNION ALL
SELECT
  part, stratum,
  ['lcp', 'fcp', 'ttfb', 'first-interaction', 'cls'][which] AS measure,
  {navigations:Array(String)}[bitShiftRight(mark, 2) - 1] AS navigation,
  bitAnd(mark, 3) AS bucket,
  sum(alike.visits) AS visits, sum(alike.conversions) AS conversions
FROM (
  SELECT part, stratum, marks, count() AS visits, countIf(converted) AS conversions
  FROM report_measured
  GROUP BY part, stratum, marks
) AS alike
ARRAY JOIN [1, 2, 3, 4, 5] AS which, arrayMap(place -> bitAnd(bitShiftRight(marks, place), 1023), [0, 10, 20, 30, 40]) AS mark
WHERE mark > 0
GROUP BY part, stratum, which, mark
