-- Subjects by variant: who can be counted, and who converted within the window that begins at the first exposure. A
-- conversion that nobody can date (`undated`) counts if it is of a run in which the variant was met, or of one that
-- began in the window; those of earlier runs go by the date that the server gives. `untested` are subjects whose
-- conversion is known in no other way, `doubtful` those who are not counted because of such a date.
SELECT
  if(length(variants) = 1, variants[1], '') AS variant,
  length(variants) > 1 AS multiple,
  -- Each of its names met one variant: only an alias shows that it is one subject.
  multiple AND length(met) = length(names) AS aliased,
  anonymous,
  exposed + {within:Int64} * 1000 <= {asOf:Int64} * 1000 AS mature,
  count() AS subjects,
  min(exposed) AS since,
  countIf(tested OR trusted) AS conversions,
  countIf(trusted AND NOT tested) AS untested,
  countIf(NOT tested AND NOT trusted AND possible) AS doubtful
FROM (
  SELECT
    variants, names, met, anonymous, exposed,
    exposed + {within:Int64} * 1000 AS deadline,
    arrayExists(one -> NOT one.undated AND one.finished BETWEEN exposed AND deadline, conversions) AS tested,
    arrayExists(
      one -> one.undated
        AND if(has(runs, one.run_id) OR one.began >= exposed, one.began <= deadline, one.finished BETWEEN exposed AND deadline),
      conversions) AS trusted,
    arrayExists(
      one -> one.undated AND one.began < exposed AND one.began + {within:Int64} * 1000 >= exposed, conversions) AS possible
  FROM report_exposed AS people
  LEFT JOIN (
    SELECT
      person,
      groupArray(CAST((run_id, began, finished, undated), 'Tuple(run_id UUID, began Int64, finished Int64, undated Bool)')) AS conversions
    FROM report_owned
    WHERE converted
    GROUP BY person
  ) AS owned ON owned.person = people.person
)
GROUP BY variant, multiple, aliased, anonymous, mature
ORDER BY variant, multiple, aliased, anonymous, mature
