-- Subjects by variant, and how many met an error after they met the variant.
SELECT variant, count() AS subjects, countIf(errors > 0) AS affected
FROM (
  SELECT
    people.person AS person,
    variants[1] AS variant,
    countIf(failed.at > 0 AND (has(runs, owned.run_id) OR owned.began >= exposed) AND failed.at <= exposed + {within:Int64} * 1000) AS errors
  FROM report_exposed AS people
  LEFT JOIN report_owned AS owned ON owned.person = people.person
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
