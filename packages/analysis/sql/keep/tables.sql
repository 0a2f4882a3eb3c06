-- The tables that hold rows of ours, and by what each is cleaned: spans and log records by their own time, rows of a
-- run by when the run was last active, others by their day. `began` is the day of the run, where a table has no
-- column for it.
SELECT
  table AS target,
  multiIf(table IN ('otel_traces', 'otel_logs'), 'span', countIf(name = 'run_id') > 0, 'run', 'day') AS kind,
  if(countIf(name = 'day') > 0, 'day', 'toDate(UUIDv7ToDateTime(run_id, \'UTC\'))') AS began
FROM system.columns
WHERE database = currentDatabase()
  AND (table IN ('otel_traces', 'otel_logs') OR startsWith(table, 'throughline_'))
  AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree')
GROUP BY table
HAVING kind = 'span' OR countIf(name IN ('day', 'run_id')) > 0
ORDER BY table
