-- Which part of a trend each run is in: when that part begins (ms). A run of the future counts as of now. Parameters:
-- edges (when each part begins), now (ms).
SELECT run_id, roundDown(least(began, {now:Int64} - 1), {edges:Array(Int64)}) AS part
FROM report_runs
WHERE inside
