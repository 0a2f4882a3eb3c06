-- Runs and what became of them, the newest first. `furthest` is the place of the last step that a run reached
-- (1-based; 0 for none). Parameters: limit, one (a run's id; '' for all).
SELECT
  toString(run_id) AS run,
  began,
  intDiv(entered, 1000) AS started,
  converted, going, later, undated,
  outcome,
  by_server AS byServer,
  intDiv(finished, 1000) AS finishedAt,
  valued, value, currency,
  arrayLastIndex(time -> time > 0, times) AS furthest,
  length(path) AS visits,
  device, country
FROM report_runs
WHERE inside AND ({one:String} = '' OR run_id = toUUIDOrZero({one:String}))
ORDER BY began DESC, run_id DESC
LIMIT {limit:UInt32}
