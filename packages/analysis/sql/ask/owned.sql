-- The runs of each person, of every version of the journey: under each name that a run was seen with.
SELECT DISTINCT
  cityHash64(if(link.known != '', link.known, named.name)) AS person,
  named.* EXCEPT (name)
FROM (
  SELECT arrayJoin(subjects) AS name, run_id, toInt64(began) * 1000 AS began, converted, undated, finished
  FROM report_versions
) AS named
LEFT JOIN (SELECT previous, known FROM report_links WHERE status = 'used') AS link ON link.previous = named.name
