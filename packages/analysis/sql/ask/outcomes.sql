-- Whose word on a run's outcome counts, one row a run; times in microseconds, 0 for never.
--   A server's word overrides a browser's.
--   Of a server's facts, the last by date counts (a card is declined, another one accepted: converted; a chargeback
-- afterwards: failed), whatever
--   order they arrived in; at the same date converted, then failed, then abandoned.
--   Of a browser's, a conversion before a failure before abandoning, then the earliest.
-- A conversion happened at the first of those reported since the last failure. What it is worth: what the fact that
-- counts says, else the earliest conversion that has a value. Parameters: journey, from and last (ms, of the day the
-- run began).
WITH 9223372036854775807 AS far
SELECT
  run_id,
  subject,
  subjects,
  by_server,
  if(by_server, server_word, browser_word) AS word,
  word.1 AS outcome,
  if(by_server AND outcome = 'converted',
    arrayMin(arrayPushBack(arrayFilter(date -> date >= contradicted, server_conversions), far)), 0) AS confirmed_at,
  if(outcome = 'converted' AND first_reported < far, first_reported, 0) AS reported_at,
  -- (known, value, currency)
  if(word.2.1, word.2, first_worth) AS worth,
  -- The visits that a browser says have failed; 0 for one of version 1, which is the last of its run.
  failed_visits
FROM (
  SELECT
    run_id,
    minIf(name, name != '') AS subject,
    groupUniqArrayIf(name, name != '') AS subjects,
    max(server) AS by_server,
    (argMinIf(outcome, last, server), (argMinIf(valued, last, server), argMinIf(value, last, server), argMinIf(currency, last, server))) AS server_word,
    (argMinIf(outcome, best, NOT server), (argMinIf(valued, best, NOT server), argMinIf(value, best, NOT server), argMinIf(currency, best, NOT server))) AS browser_word,
    maxIf(date, server AND outcome != 'converted') AS contradicted,
    groupArrayIf(date, server AND outcome = 'converted') AS server_conversions,
    minIf(date, NOT server AND outcome = 'converted') AS earliest,
    if(countIf(NOT server AND outcome = 'converted') > 0, earliest, far) AS first_reported,
    (max(earns), argMinIf(value, first, earns), argMinIf(currency, first, earns)) AS first_worth,
    groupUniqArrayIf(visit, NOT server AND outcome = 'failed') AS failed_visits
  FROM (
    SELECT
      run_id, server, toString(outcome) AS outcome, fact, toString(subject) AS name, toInt64(date) AS date, toUInt64(visit) AS visit,
      transform(outcomes.outcome, ['converted', 'failed', 'abandoned'], [1, 2, 3], 0) AS rank,
      outcomes.worth.1 < far AS valued, valued AND outcomes.outcome = 'converted' AS earns, outcomes.worth.2 AS value, outcomes.worth.3 AS currency,
      -- Which fact comes first, in one number, which the engine compares quickly: by date; the latest, then by rank; by
      -- rank, then by date. Dates may lie before 1970.
      toUInt128(date + 1152921504606846976) AS moment,
      bitShiftLeft(moment, 64) + fact AS first,
      bitShiftLeft(toUInt128(2305843009213693952) - moment, 66) + bitShiftLeft(toUInt128(rank), 64) + fact AS last,
      bitShiftLeft(toUInt128(rank), 126) + first AS best
    FROM throughline_outcomes AS outcomes FINAL
    -- By the sort key, before the states of facts are merged.
    PREWHERE journey = {journey:String} AND outcome IN ('converted', 'failed', 'abandoned')
      AND ({narrowed:UInt8} = 0 OR run_id IN (SELECT run_id FROM report_narrowed))
      AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  )
  GROUP BY run_id
)
