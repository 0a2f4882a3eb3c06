-- Runs that met a hypothesis, and those that had converted before they did. Parameters: hypothesis.
SELECT count() AS runs, countIf(run.converted AND run.finished < exposure.at) AS late
FROM (
  SELECT run_id, toUnixTimestamp64Micro(min(time)) AS at
  FROM throughline_exposures
  WHERE hypothesis = {hypothesis:String}
  GROUP BY run_id
) AS exposure
INNER JOIN (SELECT run_id, converted, finished FROM report_runs WHERE inside) AS run ON run.run_id = exposure.run_id
