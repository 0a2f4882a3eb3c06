-- Runs, ready to be folded (fold.sql). What a server entered without saying behind which visit stands behind each,
-- and before the first. Parameters: split (whether run-units.sql does the runs that have nothing of the kind).
SELECT
  * EXCEPT (corrected, in_time, seen_subject, seen_subjects, word_subject, word_subjects),
  CAST(arrayConcat(
    arrayMap(
      float -> (float.visit, float.place, float.attempt, entered, float.ready, float.left, float.outcome, true, true), in_time),
    arrayFlatten(arrayMap(
      visit -> arrayPushFront(
        arrayMap(
          float -> (float.visit, float.place, float.attempt, visit.time, float.ready, float.left, float.outcome, true, true), in_time),
        visit),
      corrected))), 'Array(Tuple(visit UInt64, place UInt16, attempt UInt16, time Int64, ready Float64, left Int64, outcome UInt8,
      server Bool, floats Bool))') AS path
FROM report_timed
WHERE notEmpty(in_time) OR NOT {split:UInt8}
