-- Which part of a breakdown each run is in: the place of its value in the list of those that are shown, 0 for all
-- other values, -1 for none. Parameters: by (a key of traits.sql), shown.
SELECT
  run.run_id AS run_id,
  substring(arrayFirst(fact -> startsWith(fact, concat({by:String}, '=')), told.facts), length({by:String}) + 2) AS value,
  if(value = '', -1, toInt64(indexOf({shown:Array(String)}, value))) AS part
FROM report_runs AS run
LEFT ANY JOIN report_traits AS told ON told.run_id = run.run_id
WHERE run.inside
