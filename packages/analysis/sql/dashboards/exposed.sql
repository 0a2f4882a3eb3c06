-- The runs of the time range that met a variant, each by its first exposure, and those of them that converted. The
-- report counts people instead, and those alone who met one variant.
SELECT exposed.run_id AS run_id, met.1 AS variant, met.2 AS at, run.converted AS converted
FROM (
  SELECT run_id, argMin((toString(variant), time), (time, event)) AS met
  FROM throughline_exposures FINAL
  WHERE hypothesis = '{hypothesis}' AND has([{variants}], toString(variant))
    AND day BETWEEN toDate($__fromTime) - 1 AND toDate($__toTime) + 1
  GROUP BY run_id
) AS exposed
INNER JOIN ({runs}) AS run ON run.run_id = exposed.run_id
