-- The first visit of each run to each step that it reached before converting: when it began and ended (microseconds; `far` when nothing says
-- that it ended), and whether the run converted. What happened in a visit is joined by `key`: the visit's id; spans of version 1 name run,
-- step and attempt instead, which are a key where only one visit of the run has them. Parameters: converts (place).
WITH 9223372036854775807 AS far
SELECT
  run_id, converted, device, network, country,
  visit.step AS step,
  visit.attempt AS attempt,
  visit.visit AS visit_id,
  visit.time AS start,
  visit.ready AS ready,
  least(visit.left, arrayMin(arrayMap(time -> if(time > visit.time, time, far), path.time))) AS ended,
  if(arrayUniq(arrayFilter(other -> other.step = visit.step AND other.attempt = visit.attempt, path).visit) = 1,
    [visit_id, cityHash64(run_id, visit.step, visit.attempt)], [visit_id]) AS keys
FROM report_runs
ARRAY JOIN arrayFilter(
  (visit, position) -> visit.place < {converts:UInt8} AND times[visit.place] > 0 AND indexOf(path.place, visit.place) = position,
  path, arrayEnumerate(path)) AS visit
WHERE inside
