-- Runs with their visits in order, the times of a server moved by how far its clock is ahead, and their outcome.
-- `in_time` is what a server entered without saying behind which visit, as far as it can count. Parameters: within
-- (ms).
SELECT
  * EXCEPT (said),
  if(empty(in_time), corrected[1].time, least(corrected[1].time, arrayMin(in_time.time) - ahead)) AS entered,
  -- What a server says is not asked when, if nothing compares its clock with the browser's.
  if(untested AND said > 0, least(said, entered + {within:Int64} * 1000), said) AS confirmed
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
      if(word.confirmed_at > 0, greatest(word.confirmed_at - clock.ahead, 1), 0) AS said,
      word.worth.1 AS valued, word.worth.2 AS value, word.worth.3 AS currency
    FROM report_paths AS run
    LEFT ANY JOIN report_outcomes AS word ON word.run_id = run.run_id
    LEFT ANY JOIN report_clocks AS clock ON clock.run_id = run.run_id
    LEFT ANY JOIN (SELECT previous, known FROM report_links WHERE status = 'used') AS link
      ON link.previous = if(run.subject != '', run.subject, word.subject)
  )
)
