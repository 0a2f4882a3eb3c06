-- In which quarter of an hour each run began (ms), which lies within one hour of every time zone. A run of the future
-- counts as of now. Parameters: now (ms).
SELECT run_id, intDiv(least(began, {now:Int64} - 1), 900000) * 900000 AS part
FROM report_runs
WHERE inside
