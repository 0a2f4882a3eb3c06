-- The tables that hold rows, and by what each is cleaned. `throughline_visits` says when a run was last active, so it
-- comes last.
SELECT
  table AS target,
  multiIf(table LIKE 'otel\_%', 'span', countIf(name = 'run_id') > 0, 'run', 'day') AS kind
FROM system.columns
WHERE database = currentDatabase()
  AND table IN (SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree')
GROUP BY table
HAVING kind = 'span' OR countIf(name = 'day') > 0
ORDER BY table = 'throughline_visits', table
