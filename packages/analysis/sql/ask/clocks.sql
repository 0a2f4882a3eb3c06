-- How far the server's clock is ahead of the browser's, by run, in microseconds (offsets.sql).
SELECT run_id, ahead
FROM report_paired
WHERE NOT repeated
UNION ALL
SELECT run_id, ahead
FROM report_offsets
