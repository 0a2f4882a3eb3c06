-- Who met a hypothesis: one row per subject, from its first exposure (microseconds) on. An exposure takes its
-- subject from the run if it has none; one that has none either stands for its run and is `anonymous`. Two names
-- that an alias links are one subject. `person` stands for the subject, `names` and `met` for its names, and for
-- which of them met which variant: numbers are joined and compared quickly. Parameters: hypothesis, variants
-- (declared ones), exposedFrom and exposedUntil (ms, of exposures), filtered (whether only exposures in selected
-- runs count).
SELECT
  name = '' AS anonymous,
  cityHash64(multiIf(anonymous, toString(run_id), link.known != '', link.known, name)) AS person,
  min(at) AS exposed,
  arraySort(arrayMap(place -> {variants:Array(String)}[place], groupUniqArray(place))) AS variants,
  arrayDistinct(groupArray(cityHash64(name))) AS names,
  arrayDistinct(groupArray(cityHash64(name, place))) AS met,
  arrayDistinct(groupArray(run_id)) AS runs
FROM (
  SELECT
    exposure.run_id AS run_id,
    toUnixTimestamp64Micro(exposure.time) AS at,
    transform(exposure.variant, {variants:Array(String)}, arrayEnumerate({variants:Array(String)}), 0) AS place,
    if(exposure.subject != '', exposure.subject, run.subject) AS name
  FROM throughline_exposures AS exposure
  LEFT JOIN (
    SELECT run_id, argMinIf(subject, (entered, visit), subject != '') AS subject
    FROM throughline_visits FINAL
    -- By the sort key, before the states of visits are merged: most exposures have a subject.
    PREWHERE run_id IN (SELECT run_id FROM throughline_exposures WHERE hypothesis = {hypothesis:String} AND subject = '')
    GROUP BY run_id
  ) AS run ON run.run_id = exposure.run_id
  WHERE ({synthetic:String} = 'include' OR (exposure.run_id IN (SELECT run_id FROM report_machines)) = ({synthetic:String} = 'only'))
    AND (NOT {filtered:UInt8} OR exposure.run_id IN (SELECT run_id FROM report_versions WHERE {filtered:UInt8}))
    AND hypothesis = {hypothesis:String} AND exposure.variant IN {variants:Array(String)}
    AND toUnixTimestamp64Milli(exposure.time) >= {exposedFrom:Int64} AND toUnixTimestamp64Milli(exposure.time) < {exposedUntil:Int64}
) AS named
LEFT JOIN (SELECT previous, known FROM report_links WHERE status = 'used') AS link ON link.previous = named.name
GROUP BY anonymous, person
