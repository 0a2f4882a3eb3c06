-- Subjects by variant, and how many met an error after they met the variant.
SELECT variant, count() AS subjects, countIf(errors > 0) AS affected
FROM (
  SELECT
    person,
    variants[1] AS variant,
    countIf(failed.at > 0 AND (has(runs, owned.run_id) OR owned.began >= exposed) AND failed.at <= exposed + {within:Int64} * 1000) AS errors
  FROM throughline_subjects(hypothesis = {hypothesis:String}, variants = {variants:Array(String)}, from = {from:Int64}, to = {to:Int64}) AS people
  LEFT JOIN (
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
  LEFT JOIN (
    SELECT run_id, toUnixTimestamp64Micro(min(time)) AS at
    FROM throughline_errors
    WHERE journey = {journey:String} AND step IN {guarded:Array(String)}
    GROUP BY run_id
  ) AS failed ON failed.run_id = owned.run_id
  WHERE NOT anonymous AND length(variants) = 1 AND exposed + {within:Int64} * 1000 <= {asOf:Int64} * 1000
  GROUP BY person, variant
)
GROUP BY variant
