-- The first visit of each run to each step that it reached before converting: when it began and ended (microseconds;
-- `far` when nothing says that it ended), and whether the run converted. First in the order of the run; where both a
-- browser and a server entered the step, the browser's. Parameters: steps, converts (place).
--
-- `keys` are what says that a span is about the visit: its id or, in spans of version 1, which name none, the hash of
-- run, step and attempt, if no other visit of the run has them. A browser's visit goes first: what a server entered
-- is meant only where no browser entered that step and attempt.
WITH 9223372036854775807 AS far
SELECT
  run_id, converted, device, network, country,
  {steps:Array(String)}[visit.place] AS step,
  visit.place AS place,
  -- Step and stratum as a number: many rows are grouped by it.
  cityHash64(visit.place, device, network, country) AS stratum,
  visit.visit AS visit_id,
  visit.time AS start,
  visit.ready AS ready,
  least(visit.left, arrayMin(arrayMap(time -> if(time > visit.time, time, far), path.time))) AS ended,
  if(arrayUniq(arrayFilter(
      other -> other.place = visit.place AND other.attempt = visit.attempt AND other.server <= visit.server, path).visit) = 1,
    [visit_id, cityHash64(run_id, step, visit.attempt)], [visit_id]) AS keys
FROM (
  SELECT
    run_id, converted, device, network, country, path,
    arrayMap(visit -> visit.place + visit.server * 65536, path) AS places,
    arrayFilter(place -> times[place] > 0, range(1, {converts:UInt8})) AS passed
  FROM report_runs
  WHERE inside
)
ARRAY JOIN arrayMap(
  place -> path[if(indexOf(places, place) > 0, indexOf(places, place), indexOf(places, place + 65536))],
  arrayFilter(place -> has(path.place, place), passed)) AS visit
