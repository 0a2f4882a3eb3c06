-- How long the visits of each part took to be usable, by step: the 75th percentile with the order statistics that
-- bound it (ranks of a binomial, `z` standard deviations away); NULL where there are too few. Parameters: steps, z.
WITH arraySort(groupArray(ready)) AS sorted
SELECT
  part,
  {steps:Array(String)}[place] AS step,
  count() AS measured,
  quantileExactInclusive(0.75)(ready) AS p75,
  {z:Float64} * sqrt(measured * 0.1875) AS spread,
  if(floor(measured * 0.75 - spread) >= 1, sorted[toUInt64(floor(measured * 0.75 - spread))], NULL) AS low,
  if(ceil(measured * 0.75 + spread) + 1 <= measured, sorted[toUInt64(ceil(measured * 0.75 + spread) + 1)], NULL) AS high
FROM (
  SELECT part, visit.place AS place, visit.ready AS ready
  FROM (
    SELECT parts.part AS part, arrayFilter(visit -> NOT visit.floats AND isFinite(visit.ready), run.path) AS visits
    FROM report_runs AS run
    INNER JOIN report_parts AS parts ON parts.run_id = run.run_id
    WHERE run.inside
  )
  ARRAY JOIN visits AS visit
)
GROUP BY part, place
