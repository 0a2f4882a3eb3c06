-- One row a run of a journey: its visits in the order of the run, the rest of what is known of it beside them.
-- Parameters: journey, versions and whether they are the ones meant or all others (listed), steps (declared order),
-- from, since, until and now (ms), last (ms: `until`, or later if runs of clocks that are ahead are to be found).
-- Runs of crawlers and tests (report_machines) are left out, included or the only ones (synthetic).
-- Runs from `from` on are read; those before `since` are not `inside`: only hypotheses ask for them.
--
-- The order of a run. An index says when a visit was entered within its run, whatever clocks do:
--   a browser's visits stand by index; several of one index (tabs that joined the run) by time, then id;
--   what a server entered stands directly behind the visit whose index it names, or behind the largest stored index
-- below it;
--   a browser's visit without an index (version 1) stands directly before the first indexed one that starts after it;
-- where
--   none has an index, they stand by time, then place;
--   what a server entered without saying behind which visit is `floating`: it counts wherever its step could have
-- been entered. Where
--   a browser entered nothing, a server's visits stand by time.
--
-- A run counts by when it began, which its id says; one that is still to come (the device's clock is ahead) counts as
-- of now.
WITH 9223372036854775807 AS far
SELECT
  run_id, began, ahead_of_us, inside, subjects, device, network, country, floats, path,
  length(placed) > 1000 AS capped,
  -- The first in the order of the run that has one.
  arrayFirst(name -> cityHash64(name) = first_name, subjects) AS subject,
  arrayExists((visit, before) -> NOT visit.server AND NOT before.server AND visit.time < before.time,
    path, arrayConcat(arraySlice(path, 1, 1), arrayPopBack(path))) AS jumped
FROM (
  SELECT
    run_id, device, network, country, names, placed,
    toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) AS began,
    began >= {now:Int64} AS ahead_of_us,
    began >= {since:Int64} AS inside,
    arraySort(names) AS subjects,
    arraySlice(arraySort(visit -> (visit.place, visit.time, visit.visit), floating), 1, 100) AS floats,
    arrayFirst(visit -> visit.subject != 0, placed).subject AS first_name,
    arraySlice(placed, 1, 1000) AS path
  FROM (
    SELECT
      run_id, device, network, country, names, floating,
      -- A position of four times that of the indexed visit it goes with: 0 before it, 1 itself, 2 behind it.
      multiIf(
        length(indexed) = length(known), indexed,
        empty(browsed), arraySort(visit -> (visit.time, visit.place, visit.visit), known),
        empty(indexed), arraySort(visit -> (visit.time, visit.place, visit.visit), browsed),
        arraySort(
          visit -> (
            multiIf(
              visit.number > 0, indexOf(indexed.visit, visit.visit) * 4 + 1,
              visit.server, arrayLastIndex(other -> other.number <= visit.behind, indexed) * 4 + 2,
              if(arrayExists(other -> other.time > visit.time, indexed),
                arrayFirstIndex(other -> other.time > visit.time, indexed), length(indexed) + 1) * 4),
            -- Of those that stand behind one visit, what names a smaller index comes first.
            visit.behind, visit.time, if(visit.server, 0, visit.place), visit.visit),
          arrayFilter(visit -> NOT visit.server OR visit.behind > 0, known))) AS placed
    FROM (
      SELECT
        run_id, device, network, country, names, known, browsed,
        arraySort(visit -> (visit.number, visit.time, visit.visit), arrayFilter(visit -> visit.number > 0, browsed)) AS indexed,
        arrayFilter(visit -> visit.server AND notEmpty(browsed) AND (visit.behind = 0 OR NOT arrayExists(other -> other.number > 0, browsed)), known) AS floating
      FROM (
        SELECT
          run_id, device, network, country, names, known,
          arrayFilter(visit -> NOT visit.server, known) AS browsed
        FROM (
          SELECT
            run_id, device, network, country, names,
            -- What names no visit goes to the one visit with its step and attempt: a browser's goes before what a
            -- server entered.
            if(empty(loose), entered_visits, arrayMap(
              visit -> if(
                arrayCount(
                  other -> other.place = visit.place AND other.attempt = visit.attempt AND other.server <= visit.server, entered_visits) = 1,
                arrayFold(
                  (state, own) -> if(own.place = state.place AND own.attempt = state.attempt,
                    CAST((state.visit, state.place, state.attempt, state.time, state.number, state.behind, state.server, state.subject,
                      least(state.ready, own.ready), least(state.left, own.left),
                      greatest(state.outcome, own.outcome)), 'Tuple(visit UInt64, place UInt16, attempt UInt16, time Int64, number UInt32, behind UInt32, server Bool, subject UInt64,
    ready Float64, left Int64, outcome UInt8)'),
                    state),
                  loose, visit),
                visit),
              entered_visits)) AS known
          FROM (
            SELECT
              run_id,
              argMinIf(device, moment, device != '') AS device,
              argMinIf(network, moment, network != '') AS network,
              argMinIf(country, moment, country != '') AS country,
              groupUniqArrayIf(name, name != '') AS names,
              groupArrayIf(65536)(one, one.time < far) AS entered_visits,
              groupArrayIf(65536)(one, one.time = far AND unnamed) AS loose
            FROM (
              SELECT
                run_id, subject AS name, toString(device) AS device, toString(network) AS network, toString(country) AS country,
                bitShiftLeft(toUInt128(entered), 64) + visit AS moment,
                visit = cityHash64(toString(step), attempt) AS unnamed,
                CAST((
                  visit, transform(step, {steps:Array(String)}, arrayEnumerate({steps:Array(String)}), 0), attempt, entered, number, behind,
                  server > 0, if(subject = '', 0, cityHash64(subject)), ready_ms, left,
                  indexOf(['completed', 'failed', 'left', 'returned'], outcome)), 'Tuple(visit UInt64, place UInt16, attempt UInt16, time Int64, number UInt32, behind UInt32, server Bool, subject UInt64,
    ready Float64, left Int64, outcome UInt8)') AS one
              FROM throughline_visits FINAL
              WHERE journey = {journey:String} AND has({versions:Array(String)}, version) = {listed:UInt8} AND step IN {steps:Array(String)}
                AND ({synthetic:String} = 'include' OR (run_id IN (SELECT run_id FROM report_machines)) = ({synthetic:String} = 'only'))
                AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
                -- The day is that of the run: it was not taken from the span because the id's time is absurd.
                AND day = toDate(UUIDv7ToDateTime(run_id, 'UTC'))
                AND least(toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')), {now:Int64} - 1) BETWEEN {from:Int64} AND {until:Int64} - 1
            )
            GROUP BY run_id
            HAVING notEmpty(entered_visits)
          )
        )
      )
    )
  )
)
