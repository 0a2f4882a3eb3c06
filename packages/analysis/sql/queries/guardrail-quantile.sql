-- The 75th percentile of a measure by variant, with the order statistics that bound it: the ranks are those of a binomial, `z` standard
-- deviations away. One value per subject, the first after it met the variant, so that values are independent; `high` is NULL
-- when there are too few.
SELECT
  variant,
  count() AS subjects,
  quantileExactInclusive(0.75)(value) AS p75,
  {z:Float64} * sqrt(subjects * 0.1875) AS spread,
  if(floor(subjects * 0.75 - spread) >= 1, arraySort(groupArray(value))[toUInt64(floor(subjects * 0.75 - spread))], 0) AS low,
  if(ceil(subjects * 0.75 + spread) + 1 <= subjects, arraySort(groupArray(value))[toUInt64(ceil(subjects * 0.75 + spread) + 1)], NULL) AS high
FROM (
  SELECT person, variants[1] AS variant, argMin(measured.value, (measured.at, measured.value)) AS value
  FROM throughline_subjects(hypothesis = {hypothesis:String}, variants = {variants:Array(String)}, from = {from:Int64}, to = {to:Int64}) AS people
  INNER JOIN (
    SELECT
      if(link.subject != '', link.subject, step.subject) AS subject,
      run_id,
      toUnixTimestamp64Micro(UUIDv7ToDateTime(run_id, 'UTC')::DateTime64(6, 'UTC')) AS began
    FROM throughline_steps AS step
    LEFT JOIN (SELECT previous, subject FROM throughline_links WHERE status = 'used') AS link ON link.previous = step.subject
    WHERE journey = {journey:String} AND kind = 'enter' AND step.subject != ''
      AND day >= toDate(intDiv({since:Int64}, 1000), 'UTC')
    GROUP BY subject, run_id
  ) AS owned ON owned.subject = people.person
  INNER JOIN (
    SELECT run_id, max(value) AS value, min(toUnixTimestamp64Micro(time)) AS at
    FROM throughline_vitals
    WHERE journey = {journey:String} AND name = {metric:String} AND step IN {guarded:Array(String)}
    GROUP BY run_id, measurement
    UNION ALL
    SELECT run_id, min(assumeNotNull(ready_ms)), min(toUnixTimestamp64Micro(time))
    FROM throughline_steps
    WHERE journey = {journey:String} AND kind = 'ready' AND {metric:String} = 'ready' AND ready_ms IS NOT NULL AND step IN {guarded:Array(String)}
    GROUP BY run_id, if(visit != 0, visit, cityHash64(toString(step), attempt))
  ) AS measured ON measured.run_id = owned.run_id
  WHERE NOT anonymous AND length(variants) = 1 AND exposed + {within:Int64} * 1000 <= {asOf:Int64} * 1000
    AND (has(runs, owned.run_id) OR owned.began >= exposed) AND measured.at <= exposed + {within:Int64} * 1000
  GROUP BY person, variant
)
GROUP BY variant
