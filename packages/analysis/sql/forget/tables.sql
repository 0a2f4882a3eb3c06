-- The tables with rows about people, and by which condition a row is about this one. Found by the names of their
-- columns, so that a new table is not forgotten. Those by which names and runs are found come last: whatever stops an
-- erasure half-way, the next one finds what is left. `run` is what names a run in a table that also names a subject.
SELECT
  table AS target,
  multiIf(
    table = 'otel_traces', 'spans',
    table = 'otel_logs', 'logs',
    arrayStringConcat(arrayMap(column -> concat('`', column, '` IN {', transform(column,
      ['run_id', 'page', 'subject', 'previous', 'known'], ['runs', 'pages', 'names', 'names', 'names']), '}'),
      groupArraySorted(20)(name)), ' OR ')) AS condition,
  arrayStringConcat(arrayMap(column -> concat('`', column, '` IN {names}'),
    groupArraySortedIf(20)(name, name IN ('subject', 'previous', 'known'))), ' OR ') AS named,
  countIf(name = 'run_id') > 0 AS has_run
FROM system.columns
WHERE database = {database}
  AND (table IN ('otel_traces', 'otel_logs') AND name = 'Timestamp'
    OR startsWith(table, 'throughline_') AND name IN ('run_id', 'page', 'subject', 'previous', 'known'))
  AND table IN (SELECT name FROM system.tables WHERE database = {database} AND engine LIKE '%MergeTree')
GROUP BY table
ORDER BY indexOf(['otel_traces', 'throughline_aliases', 'throughline_subjects'], table), table
