-- As funnel.sql, for each part. A subject is in the part of its first run.
SELECT
  part,
  later,
  converted,
  going,
  arrayLastIndex(time -> time > 0, times) AS furthest,
  count() AS units,
  sumForEach(arrayMap(time -> time > 0, times)) AS reached
FROM (
  SELECT parts.part AS part, counted.later AS later, counted.converted AS converted, counted.going AS going, counted.times AS times
  FROM report_counted AS counted
  INNER JOIN report_parts AS parts ON parts.run_id = counted.run_id
  WHERE counted.inside
)
GROUP BY part, later, converted, going, furthest
