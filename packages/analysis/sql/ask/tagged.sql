-- Runs with the part of a breakdown that each is in (by-value.sql says how parts are numbered): what is counted of
-- their visits is then counted by part as well. Parameters: by, shown.
SELECT * EXCEPT (facts, value) REPLACE (if(value = '', -1, toInt64(indexOf({shown:Array(String)}, value))) AS part)
FROM (
  SELECT
    run.*, told.facts AS facts,
    substring(arrayFirst(fact -> startsWith(fact, concat({by:String}, '=')), facts), length({by:String}) + 2) AS value
  FROM report_untagged AS run
  LEFT ANY JOIN report_traits AS told ON told.run_id = run.run_id
)
