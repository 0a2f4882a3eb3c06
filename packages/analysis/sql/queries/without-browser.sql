-- Runs of a journey that a server says converted, while nothing arrived from the browser.
SELECT uniqExact(run_id) AS runs
FROM throughline_journeys
WHERE journey = {journey:String} AND server AND outcome = 'converted'
  AND run_id NOT IN (SELECT run_id FROM throughline_steps WHERE journey = {journey:String} AND kind = 'enter')
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
