-- Runs, ready to be folded (fold.sql): their visits in order, the times of a server moved by how far its clock is
-- ahead, and their outcome. Parameters: as for paths.sql, and within (ms).
SELECT
  * EXCEPT (corrected, confirmed, in_time, seen_subject, seen_subjects, word_subject, word_subjects),
  -- What a server says is not asked when, if nothing compares its clock with the browser's.
  if(untested AND confirmed > 0, least(confirmed, entered + {within:Int64} * 1000), confirmed) AS confirmed,
  -- What a server entered without saying behind which visit stands behind each, and before the first.
  if(empty(in_time), corrected, CAST(arrayConcat(
    arrayMap(
      float -> (float.visit, float.place, float.attempt, entered, float.ready, float.left, float.outcome, true, true), in_time),
    arrayFlatten(arrayMap(
      visit -> arrayPushFront(
        arrayMap(
          float -> (float.visit, float.place, float.attempt, visit.time, float.ready, float.left, float.outcome, true, true), in_time),
        visit),
      corrected))), 'Array(Tuple(visit UInt64, place UInt16, attempt UInt16, time Int64, ready Float64, left Int64, outcome UInt8,
      server Bool, floats Bool))')) AS path
FROM (
  SELECT
    *,
    if(empty(in_time), corrected[1].time, least(corrected[1].time, arrayMin(in_time.time) - ahead)) AS entered
  FROM (
    SELECT
      *,
      if(seen_subject != '', seen_subject, word_subject) AS subject,
      arraySort(arrayDistinct(arrayConcat(seen_subjects, word_subjects))) AS subjects,
      arrayFilter(float -> float.time - ahead <= corrected[1].time + {within:Int64} * 1000, floats) AS in_time
    FROM (
      SELECT
        run.run_id AS run_id,
        began, inside, ahead_of_us, device, network, country, capped, jumped, floats,
        run.subject AS seen_subject, run.subjects AS seen_subjects, word.subject AS word_subject, word.subjects AS word_subjects,
        if(link.known != '', link.known, if(run.subject != '', run.subject, word.subject)) AS person,
        clock.ahead AS ahead,
        word.confirmed_at > 0 AND clock.run_id != run.run_id AND arrayExists(visit -> NOT visit.server, run.path) AS untested,
        CAST(arrayMap(
          visit -> (visit.visit, visit.place, visit.attempt, visit.time - if(visit.server, clock.ahead, 0), visit.ready,
            visit.left, visit.outcome, visit.server, false),
          run.path), 'Array(Tuple(visit UInt64, place UInt16, attempt UInt16, time Int64, ready Float64, left Int64, outcome UInt8,
      server Bool, floats Bool))') AS corrected,
        word.outcome AS outcome,
        word.by_server AS by_server,
        word.failed_visits AS failed_visits,
        word.by_server AND word.outcome != 'converted' AS denied,
        word.outcome != '' AS ended,
        word.reported_at AS reported,
        if(word.confirmed_at > 0, greatest(word.confirmed_at - clock.ahead, 1), 0) AS confirmed,
        word.worth.1 AS valued, word.worth.2 AS value, word.worth.3 AS currency
      FROM report_paths AS run
      LEFT JOIN report_outcomes AS word ON word.run_id = run.run_id
      LEFT JOIN report_clocks AS clock ON clock.run_id = run.run_id
      LEFT JOIN (SELECT previous, known FROM report_links WHERE status = 'used') AS link
        ON link.previous = if(run.subject != '', run.subject, word.subject)
    )
  )
)
