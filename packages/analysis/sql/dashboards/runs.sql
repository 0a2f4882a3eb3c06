-- The runs of a journey that began in the time range, without crawlers and tests, and whether each converted: by its
-- first visit to the converting step, or by a report (sql/ask/outcomes.sql), within the journey's window. A server
-- that says otherwise is believed. Unlike in the report, steps count in any order.
SELECT
  visits.run_id AS run_id,
  began,
  visits.steps AS steps,
  last_step,
  NOT (by_server AND outcome != 'converted')
    AND (arrived BETWEEN 1 AND deadline OR reported_at BETWEEN 1 AND deadline OR confirmed_at BETWEEN 1 AND deadline) AS converted
FROM (
  SELECT
    run_id,
    UUIDv7ToDateTime(run_id, 'UTC') AS began,
    min(entered) + {within} * 1000 AS deadline,
    minIf(entered, step = '{converts}') AS arrived,
    groupUniqArray(toString(step)) AS steps,
    argMax(toString(step), (number, entered)) AS last_step
  FROM throughline_visits FINAL
  WHERE journey = '{journey}' AND entered < 9223372036854775807 AND has([{steps}], toString(step))
    AND day BETWEEN toDate($__fromTime) - 1 AND toDate($__toTime) + 1
    AND began BETWEEN $__fromTime AND $__toTime
  GROUP BY run_id, began
  HAVING max(synthetic) = ''
) AS visits
LEFT JOIN ({outcomes}) AS outcomes ON outcomes.run_id = visits.run_id
