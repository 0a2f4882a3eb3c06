-- Subjects, ready to be folded (fold.sql): the visits of all their runs, one run after the other, with `within` from
-- the very first. Two names that an alias links are one subject. A run that a server says has failed takes its own
-- conversion back, not that of another run. A server whose clock nothing compares with the browser's is not asked when,
-- if its run began in time. Parameters: converts (place), within (ms).
SELECT
  person,
  true AS inside,
  -- Of the first run, which says in which part of a breakdown or trend the subject is.
  argMin(run.run_id, (run.began, run.run_id)) AS run_id,
  max(run.capped) AS capped,
  argMin(run.entered, (run.began, run.run_id)) AS entered,
  arrayFlatten(arrayMap(one -> one.3, arraySort(one -> (one.1, one.2), groupArray((run.began, run.run_id,
    if(run.denied, arrayFilter(visit -> visit.place != {converts:UInt8}, run.path), run.path)))))) AS path,
  false AS denied,
  argMax(run.ended, (run.began, run.run_id)) AS ended,
  arrayMin(arrayMap(
    word -> (if(word.untested AND word.entered <= entered + {within:Int64} * 1000, least(word.confirmed, entered + {within:Int64} * 1000), word.confirmed),
      word.untested),
    groupArrayIf(
      CAST((run.confirmed, run.untested, run.entered), 'Tuple(confirmed Int64, untested Bool, entered Int64)'),
      run.confirmed > 0 AND NOT run.denied))) AS word,
  word.1 AS confirmed,
  word.2 AS untested,
  minIf(run.reported, run.reported > 0 AND NOT run.denied) AS reported
FROM report_runs AS run
-- The column, not the constant above: hypotheses also read runs before the time of the report.
WHERE person != '' AND run.inside
GROUP BY person
