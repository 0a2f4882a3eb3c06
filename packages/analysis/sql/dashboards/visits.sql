-- Visits to a step by how they ended; a page that died says nothing.
SELECT
  $__timeInterval(at) AS time,
  countIf(outcome = 'completed') AS completed,
  countIf(outcome = 'returned') AS returned,
  countIf(outcome = 'left') AS left,
  countIf(outcome = 'failed') AS failed,
  countIf(outcome = '') AS unknown
FROM ({visits})
GROUP BY time
ORDER BY time
