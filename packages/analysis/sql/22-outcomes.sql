-- Whose word on a run's outcome counts, one row per run; times in microseconds, 0 for never.
--
-- First reports become facts: what is said again about one fact is dated by its earliest date. Then a server's word overrides a browser's:
--   of a server's facts, the last by date (a card is declined, another one accepted: converted; a chargeback afterwards: failed), whatever
--   order they arrived in; at the same date converted, then failed, then abandoned;
--   of a browser's, a conversion before a failure before abandoning, then the earliest.
-- A conversion happened at the first of those reported since the last failure. What it is worth: what the fact that counts says, else the
-- earliest conversion that has a value.
-- Parameters: journey, since and until (ms, of the day the run began).
CREATE OR REPLACE VIEW throughline_outcomes AS
SELECT
  run_id,
  subject,
  subjects,
  has_server AS by_server,
  if(has_server, server_word, browser_word) AS word,
  word.1 = 'converted' AS converted,
  arrayMin(arrayPushBack(arrayFilter(date -> date >= contradicted, server_conversions), 4611686018427387904)) AS first_confirmed,
  if(has_server AND converted, first_confirmed, 0) AS confirmed,
  if(converted, arrayMin(arrayPushBack(browser_conversions, 4611686018427387904)), 4611686018427387904) AS first_reported,
  if(first_reported < 4611686018427387904, first_reported, 0) AS reported,
  -- (known, value, currency)
  if(word.2.1, word.2, first_worth) AS worth
FROM (
  SELECT
    run_id,
    argMinIf(named.2, (named.1, named.2), named.2 != '') AS subject,
    groupUniqArrayArray(persons) AS subjects,
    max(server) AS has_server,
    argMinIf((outcome, worth), (-date, rank, fact), server) AS server_word,
    argMinIf((outcome, worth), (rank, date, fact), NOT server) AS browser_word,
    maxIf(date, server AND outcome != 'converted') AS contradicted,
    groupArrayIf(date, server AND outcome = 'converted') AS server_conversions,
    groupArrayIf(date, NOT server AND outcome = 'converted') AS browser_conversions,
    argMinIf(worth, (date, fact), worth.1 AND outcome = 'converted') AS first_worth
  FROM (
    SELECT
      run_id, server, toString(outcome) AS outcome, fact,
      indexOf(['converted', 'failed', 'abandoned'], outcome) AS rank,
      toUnixTimestamp64Micro(min(at)) AS date,
      minIf((time, subject), subject != '') AS named,
      groupUniqArrayIf(subject, subject != '') AS persons,
      minIf((time, event, assumeNotNull(value), toString(currency)), value IS NOT NULL) AS valued,
      (countIf(value IS NOT NULL) > 0, valued.3, valued.4) AS worth
    FROM throughline_journeys
    WHERE journey = {journey:String} AND outcome IN ('converted', 'failed', 'abandoned')
      AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
    GROUP BY run_id, server, outcome, fact
  )
  GROUP BY run_id
);
