-- What is counted: runs, or each subject's best run (converted, then the furthest, then the earliest). Parameters as for
-- throughline_runs, and `by`: 'run' or 'subject'.
CREATE OR REPLACE VIEW throughline_units AS
SELECT run_id, entered, times, converted, capped
FROM throughline_runs(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
  previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
WHERE {by:String} = 'run'
UNION ALL
SELECT best.1, best.2, best.3, best.4, best.5
FROM (
  SELECT
    argMax(
      (run_id, entered, times, converted, capped),
      (converted, arrayLastIndex(time -> time > 0, times), -entered, run_id)) AS best
  FROM throughline_runs(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
    previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
  WHERE {by:String} = 'subject' AND subject != ''
  GROUP BY subject
)
