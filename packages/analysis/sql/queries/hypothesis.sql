-- Subjects by variant: who met it, who can be counted, and who converted within the window that begins at the first exposure.
-- An exposure takes its subject from the run if it has none; one that has none either stands for its run and is `anonymous`.
SELECT
  if(length(variants) = 1, variants[1], '') AS variant,
  length(variants) > 1 AS multiple,
  anonymous,
  exposed + {within:Int64} * 1000 <= {asOf:Int64} * 1000 AS mature,
  count() AS subjects,
  countIf(arrayExists(time -> time BETWEEN exposed AND exposed + {within:Int64} * 1000, conversions)) AS conversions
FROM (
  SELECT
    if(exposure.subject != '', exposure.subject, run.subject) AS known,
    known = '' AS anonymous,
    if(anonymous, toString(exposure.run_id), known) AS person,
    min(toUnixTimestamp64Micro(exposure.time)) AS exposed,
    arraySort(groupUniqArray(toString(exposure.variant))) AS variants
  FROM throughline_exposures AS exposure
  LEFT JOIN (
    SELECT run_id, argMinIf(subject, (time, subject), subject != '') AS subject
    FROM throughline_steps
    WHERE kind = 'enter' AND run_id IN (SELECT run_id FROM throughline_exposures WHERE hypothesis = {hypothesis:String} AND subject = '')
    GROUP BY run_id
  ) AS run ON run.run_id = exposure.run_id
  WHERE hypothesis = {hypothesis:String} AND has({variants:Array(String)}, variant)
    AND toUnixTimestamp64Milli(exposure.time) >= {from:Int64} AND toUnixTimestamp64Milli(exposure.time) < {to:Int64}
  GROUP BY anonymous, person, known
) AS people
LEFT JOIN (
  SELECT arrayJoin(subjects) AS subject, groupArray(times[{converts:UInt8}]) AS conversions
  FROM throughline_runs(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
    previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
  WHERE converted
  GROUP BY subject
) AS converted ON converted.subject = people.person
GROUP BY variant, multiple, anonymous, mature
ORDER BY variant, multiple, anonymous, mature
