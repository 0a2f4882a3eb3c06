-- As values.sql, for each part, with what the squares of the amounts add up to.
SELECT part, currency, sum(value) AS amount, sum(value * value) AS squares
FROM (
  SELECT parts.part AS part, run.currency AS currency, run.value AS value
  FROM report_runs AS run
  INNER JOIN report_parts AS parts ON parts.run_id = run.run_id
  WHERE run.inside AND run.converted AND run.valued AND (NOT {known:UInt8} OR run.person != '')
)
GROUP BY part, currency
ORDER BY part, currency
