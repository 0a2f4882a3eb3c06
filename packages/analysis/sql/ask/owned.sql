-- The runs of each person, of every version of the journey: under each name that a run was seen with. Aliases are
-- looked up in two lists, so that the names of a run can be compared with each other alone.
WITH (SELECT (groupArray(previous), groupArray(known)) FROM report_links WHERE status = 'used') AS linked
SELECT
  arrayJoin(arrayDistinct(arrayMap(name -> cityHash64(transform(name, linked.1, linked.2, name)), subjects))) AS person,
  run_id,
  toInt64(began) * 1000 AS began,
  converted, undated, finished
FROM report_versions
