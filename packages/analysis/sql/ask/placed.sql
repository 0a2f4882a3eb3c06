-- The visits of each run in its order: a plain run's only need to be sorted (gathered.sql says which is one),
-- ordered.sql does the others. Where tables are not kept, ordered.sql does all: two ways would read the visits
-- twice.
SELECT
  run_id, device, network, country, names, false AS capped,
  arraySort(visit -> visit.key, entered_visits) AS path,
  arraySlice(entered_visits, 1, 0) AS floats
FROM report_gathered
WHERE plain
UNION ALL
SELECT run_id, device, network, country, names, capped, path, floats
FROM report_ordered
