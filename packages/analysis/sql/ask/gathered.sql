-- One row a run of a journey, with the visits that were entered and what names none (`loose`), in no order yet.
-- Parameters: journey, versions and whether they are the ones meant or all others (listed), steps (declared order),
-- from, until and now (ms), last (ms: `until`, or later if runs of clocks that are ahead are to be found),
-- synthetic: runs of crawlers and tests (report_machines) are left out, included or the only ones; narrowed: whether
-- only some runs are asked for (report_narrowed); told: steps of which the application says when they are ready.
--
-- Nearly every run is `plain`: only a browser entered its visits, and all have an index or none has. Then a visit's
-- `key` alone says where it stands: index (32 bits), time (56), place (8, where there is no index) and half of its id
-- (32), in one number.
--
-- A run counts by when it began, which its id says; one that is still to come (the device's clock is ahead) counts
-- as of now.
WITH 9223372036854775807 AS far
SELECT
  run_id,
  toString(argMinIf(visit.device, moment, visit.device != '')) AS device,
  toString(argMinIf(visit.network, moment, visit.network != '')) AS network,
  toString(argMinIf(visit.country, moment, visit.country != '')) AS country,
  groupUniqArrayIf(name, name != '') AS names,
  groupArrayIf(65536)(one, entered < far) AS entered_visits,
  groupArrayIf(65536)(one, entered = far AND unnamed) AS loose,
  empty(loose) AND length(entered_visits) <= 1000 AND countIf(entered < far AND server) = 0
    AND (minIf(number, entered < far) > 0 OR maxIf(number, entered < far) = 0) AS plain
FROM (
  SELECT
    run_id, subject AS name, device, network, country,
    entered, server, number,
    bitShiftLeft(toUInt128(entered), 64) + visit AS moment,
    visit = cityHash64(toString(step), attempt) AS unnamed,
    transform(step, {steps:Array(String)}, arrayMap(place -> toUInt16(place), arrayEnumerate({steps:Array(String)})), toUInt16(0)) AS place,
    CAST((
      visit, place, attempt, entered, number, behind,
      server > 0, if(subject = '', 0, cityHash64(subject)),
      if(ready_source = 'auto' AND step IN {told:Array(String)}, inf, ready_ms), left,
      transform(outcome, ['completed', 'failed', 'left', 'returned'], [1, 2, 3, 4], 0),
      bitShiftLeft(toUInt128(number), 96) + bitShiftLeft(toUInt128(greatest(entered, 0)), 40)
        + bitShiftLeft(if(number = 0, toUInt64(least(place, 255)), 0), 32) + bitShiftRight(visit, 32)), 'Tuple(visit UInt64, place UInt16, attempt UInt16, time Int64, number UInt32, behind UInt32, server Bool, subject UInt64,
    ready Float64, left Int64, outcome UInt8, key UInt128)') AS one
  FROM throughline_visits FINAL
  -- By the sort key, before the states of visits are merged.
  PREWHERE journey = {journey:String}
    AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
    AND ({narrowed:UInt8} = 0 OR run_id IN (SELECT run_id FROM report_narrowed))
    AND ({synthetic:String} = 'include' OR (run_id IN (SELECT run_id FROM report_machines)) = ({synthetic:String} = 'only'))
    -- The day is that of the run: it was not taken from the span because the id's time is absurd.
    AND day = toDate(UUIDv7ToDateTime(run_id, 'UTC'))
    AND least(toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')), {now:Int64} - 1) BETWEEN {from:Int64} AND {until:Int64} - 1
  WHERE (version IN {versions:Array(String)}) = {listed:UInt8} AND step IN {steps:Array(String)}
) AS visit
GROUP BY run_id
HAVING notEmpty(entered_visits)
