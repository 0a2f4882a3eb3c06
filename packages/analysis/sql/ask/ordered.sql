-- The visits of any run in its order. An index says when a visit was entered within its run, whatever clocks do:
--   a browser's visits stand by index; several of one index (tabs that joined the run) by time, then id;
--   what a server entered stands directly behind the visit whose index it names, or behind the largest stored index
-- below it;
--   a browser's visit without an index (version 1) stands directly before the first indexed one that starts after it;
-- where none has an index, they stand by time, then place;
--   what a server entered without saying behind which visit is `floating`: it counts wherever its step could have
-- been entered. Where a browser entered nothing, a server's visits stand by time.
--
-- Parameters: split (whether placed.sql does the plain runs).
SELECT
  run_id, device, network, country, names,
  length(placed) > 1000 AS capped,
  arraySlice(placed, 1, 1000) AS path,
  arraySlice(arraySort(visit -> (visit.place, visit.time, visit.visit), floating), 1, 100) AS floats
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
                    greatest(state.outcome, own.outcome), state.key), 'Tuple(visit UInt64, place UInt16, attempt UInt16, time Int64, number UInt32, behind UInt32, server Bool, subject UInt64,
      ready Float64, left Int64, outcome UInt8, key UInt128)'),
                  state),
                loose, visit),
              visit),
            entered_visits)) AS known
        FROM report_gathered
        WHERE NOT plain OR NOT {split:UInt8}
      )
    )
  )
)
