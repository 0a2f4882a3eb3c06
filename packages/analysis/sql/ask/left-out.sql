-- Runs that a server says have converted while no visit arrived, and what could not be counted as it should among the
-- others. Parameters: journey, since and last (ms).
SELECT uniqExact(run_id) AS withoutBrowser
FROM throughline_outcomes
WHERE journey = {journey:String} AND server AND outcome = 'converted'
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  AND run_id NOT IN (
    SELECT run_id
    FROM throughline_visits
    WHERE journey = {journey:String} AND entered < 9223372036854775807
      -- The smaller set is the quicker one.
      AND run_id IN (SELECT run_id FROM throughline_outcomes WHERE journey = {journey:String} AND server AND outcome = 'converted'))
