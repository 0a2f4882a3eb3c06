-- Runs whose network says, before itself, which part of a breakdown they are in (by-value.sql says how parts are
-- numbered): what is counted by stratum is then counted by part as well. Parameters: by, shown.
SELECT * EXCEPT (facts) REPLACE (
  concat(
    toString(multiIf(
      NOT arrayExists(fact -> startsWith(fact, concat({by:String}, '=')), facts), -1,
      toInt64(indexOf(
        {shown:Array(String)},
        substring(arrayFirst(fact -> startsWith(fact, concat({by:String}, '=')), facts), length({by:String}) + 2))))),
    ' ', network) AS network)
FROM (
  SELECT run.*, told.facts AS facts
  FROM report_untagged AS run
  LEFT ANY JOIN report_traits AS told ON told.run_id = run.run_id
)
