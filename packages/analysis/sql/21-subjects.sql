-- Who met a hypothesis: one row per subject, from its first exposure (microseconds) on. An exposure takes its subject from the run if it
-- has none; one that has none either stands for its run and is `anonymous`. Two names that an alias links are one subject.
-- `met` holds which name met which variant.
-- Parameters: hypothesis, variants (declared ones), from and to (ms, of exposures).
CREATE OR REPLACE VIEW throughline_subjects AS
SELECT
  name = '' AS anonymous,
  multiIf(anonymous, toString(run_id), link.subject != '', link.subject, name) AS person,
  min(toUnixTimestamp64Micro(time)) AS exposed,
  arraySort(groupUniqArray(variant)) AS variants,
  groupUniqArray((name, variant)) AS met,
  groupUniqArray(run_id) AS runs
FROM (
  SELECT
    exposure.run_id AS run_id,
    exposure.time AS time,
    toString(exposure.variant) AS variant,
    if(exposure.subject != '', exposure.subject, run.subject) AS name
  FROM throughline_exposures AS exposure
  LEFT JOIN (
    SELECT run_id, argMinIf(subject, (time, subject), subject != '') AS subject
    FROM throughline_steps
    WHERE kind = 'enter' AND run_id IN (SELECT run_id FROM throughline_exposures WHERE hypothesis = {hypothesis:String} AND subject = '')
    GROUP BY run_id
  ) AS run ON run.run_id = exposure.run_id
  WHERE hypothesis = {hypothesis:String} AND has({variants:Array(String)}, variant)
    AND toUnixTimestamp64Milli(exposure.time) >= {from:Int64} AND toUnixTimestamp64Milli(exposure.time) < {to:Int64}
) AS exposed_name
LEFT JOIN (SELECT previous, subject FROM throughline_links WHERE status = 'used') AS link ON link.previous = exposed_name.name
GROUP BY anonymous, person;
