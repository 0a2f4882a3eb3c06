-- Subjects by variant: who can be counted, and who converted within the window that begins at the first exposure.
SELECT
  if(length(variants) = 1, variants[1], '') AS variant,
  length(variants) > 1 AS multiple,
  -- Each of its names met one variant: only an alias shows that it is one subject.
  multiple AND length(met) = length(arrayDistinct(arrayMap(each -> each.1, met))) AS aliased,
  anonymous,
  exposed + {within:Int64} * 1000 <= {asOf:Int64} * 1000 AS mature,
  count() AS subjects,
  countIf(arrayExists(time -> time BETWEEN exposed AND exposed + {within:Int64} * 1000, conversions)) AS conversions
FROM throughline_subjects(hypothesis = {hypothesis:String}, variants = {variants:Array(String)}, from = {from:Int64}, to = {to:Int64}) AS people
LEFT JOIN (
  SELECT if(link.subject != '', link.subject, name) AS subject, groupArray(at) AS conversions
  FROM (
    SELECT arrayJoin(subjects) AS name, times[{converts:UInt8}] AS at
    FROM throughline_runs(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
      previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
    WHERE converted
  ) AS run
  LEFT JOIN (SELECT previous, subject FROM throughline_links WHERE status = 'used') AS link ON link.previous = run.name
  GROUP BY subject
) AS converted ON converted.subject = people.person
GROUP BY variant, multiple, aliased, anonymous, mature
ORDER BY variant, multiple, aliased, anonymous, mature
