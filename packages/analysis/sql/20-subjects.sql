-- Who met a hypothesis: one row per subject, from its first exposure (microseconds) on. An exposure takes its subject from the run if it
-- has none; one that has none either stands for its run and is `anonymous`.
-- Parameters: hypothesis, variants (declared ones), from and to (ms, of exposures).
CREATE OR REPLACE VIEW throughline_subjects AS
SELECT
  if(exposure.subject != '', exposure.subject, run.subject) AS known,
  known = '' AS anonymous,
  if(anonymous, toString(exposure.run_id), known) AS person,
  min(toUnixTimestamp64Micro(exposure.time)) AS exposed,
  arraySort(groupUniqArray(toString(exposure.variant))) AS variants,
  groupUniqArray(exposure.run_id) AS runs
FROM throughline_exposures AS exposure
LEFT JOIN (
  SELECT run_id, argMinIf(subject, (time, subject), subject != '') AS subject
  FROM throughline_steps
  WHERE kind = 'enter' AND run_id IN (SELECT run_id FROM throughline_exposures WHERE hypothesis = {hypothesis:String} AND subject = '')
  GROUP BY run_id
) AS run ON run.run_id = exposure.run_id
WHERE hypothesis = {hypothesis:String} AND has({variants:Array(String)}, variant)
  AND toUnixTimestamp64Milli(exposure.time) >= {from:Int64} AND toUnixTimestamp64Milli(exposure.time) < {to:Int64}
GROUP BY anonymous, person, known
