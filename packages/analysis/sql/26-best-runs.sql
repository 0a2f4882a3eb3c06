-- Each subject's best run: converted, then the furthest, then the earliest. Two names that an alias links are one subject. Same parameters and
-- columns as throughline_runs, so that a query can read either.
CREATE OR REPLACE VIEW throughline_best_runs AS
SELECT best.1 AS run_id, best.2 AS entered, best.3 AS times, best.4 AS converted, best.5 AS capped, best.6 AS worth
FROM (
  SELECT
    argMax(
      (run_id, entered, times, converted, capped, worth),
      (converted, arrayLastIndex(time -> time > 0, times), -entered, run_id)) AS best
  FROM throughline_runs(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
    previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64}) AS run
  LEFT JOIN (SELECT previous, subject FROM throughline_links WHERE status = 'used') AS link ON link.previous = run.subject
  WHERE run.subject != ''
  GROUP BY if(link.subject != '', link.subject, run.subject)
);
