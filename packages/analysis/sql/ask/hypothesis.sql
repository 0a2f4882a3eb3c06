-- Subjects by variant: who can be counted, and who converted within the window that begins at the first exposure.
SELECT
  if(length(variants) = 1, variants[1], '') AS variant,
  length(variants) > 1 AS multiple,
  -- Each of its names met one variant: only an alias shows that it is one subject.
  multiple AND length(met) = length(arrayDistinct(arrayMap(each -> each.1, met))) AS aliased,
  anonymous,
  exposed + {within:Int64} * 1000 <= {asOf:Int64} * 1000 AS mature,
  count() AS subjects,
  min(exposed) AS since,
  countIf(arrayExists(time -> time BETWEEN exposed AND exposed + {within:Int64} * 1000, conversions)) AS conversions
FROM report_exposed AS people
LEFT JOIN (
  SELECT person, groupArray(finished) AS conversions
  FROM report_owned
  WHERE converted
  GROUP BY person
) AS owned ON owned.person = people.person
GROUP BY variant, multiple, aliased, anonymous, mature
ORDER BY variant, multiple, aliased, anonymous, mature
