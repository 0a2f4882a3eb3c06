-- The first visit of each run to each step that it reached before converting: when it began and ended
-- (microseconds; `far` when nothing says that it ended), and whether the run converted. First in the order of the
-- run; where both a browser and a server entered the step, the browser's. Parameters: steps, converts (place).
--
-- There are many, so a row is numbers alone: `place` stands for the step, `stratum` for step, device, network and
-- country (strata.sql). `part` is that of the run, where a breakdown divides them (tagged.sql).
--
-- Spans of version 1 name no visit. `key`, the hash of run, step and attempt, says that they are about this one; it
-- is 0 if another visit of the run has the same. A browser's visit goes first: what a server entered is meant only
-- where no browser entered that step and attempt.
--
-- What depends on the other visits of the run is put into arrays beside them, before each visit becomes a row.
WITH 9223372036854775807 AS far
SELECT
  run_id, part, converted, place,
  cityHash64(place, alike) AS stratum,
  visit_id, start, ready,
  least(left, next) AS ended,
  if(alone, cityHash64(run_id, {steps:Array(String)}[place], attempt), 0) AS key
FROM (
  SELECT
    run_id, part, converted, times,
    cityHash64(device, network, country) AS alike,
    path.visit AS visits, path.place AS places, path.attempt AS attempts, path.time AS starts, path.ready AS readies, path.left AS lefts,
    has(path.server, true) AS served,
    -- The first visit to each step, by a browser and by a server.
    arrayMap(nth -> nth = 1, arrayEnumerateUniq(places, path.server)) AS first_of_either,
    arrayMap((place, server) -> if(server, 0, place), places, path.server) AS browsed,
    if(served,
      arrayMap((first, place, server) -> first AND NOT (server AND has(browsed, place)), first_of_either, places, path.server),
      first_of_either) AS firsts,
    -- When the next visit began, by the clock: the next larger of the times.
    arraySort(arrayPushBack(arrayDistinct(starts), far)) AS moments,
    arrayMap(start -> moments[indexOf(moments, start) + 1], starts) AS nexts,
    arrayMap((place, attempt) -> toUInt32(place) * 65536 + attempt, places, attempts) AS tries,
    if(served,
      arrayMap(
        (tried, server) -> arrayUniq(arrayFilter((visit, other, by) -> other = tried AND by <= server, visits, tries, path.server)) = 1,
        tries, path.server),
      arrayMap(tried -> countEqual(tries, tried) = 1, tries)) AS alones
  FROM report_runs
  WHERE inside
)
ARRAY JOIN
  visits AS visit_id, places AS place, attempts AS attempt, starts AS start, readies AS ready, lefts AS left,
  firsts AS first, nexts AS next, alones AS alone
WHERE first AND place < {converts:UInt8} AND times[place] > 0
