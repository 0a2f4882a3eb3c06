-- Runs of a journey that the analysis does not see: of another version, and converted on the server while nothing arrived from the browser.
SELECT
  uniqExactIf(run_id, what = 'step' AND version != {version:String}) AS otherVersions,
  uniqExactIf(run_id, what = 'conversion') - uniqExactIf(run_id, what = 'conversion' AND seen) AS withoutBrowser
FROM (
  SELECT run_id, version, 'step' AS what, true AS seen
  FROM throughline_steps
  WHERE journey = {journey:String} AND kind = 'enter'
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
  UNION ALL
  SELECT run_id, '', 'conversion', run_id IN (SELECT run_id FROM throughline_steps WHERE journey = {journey:String} AND kind = 'enter')
  FROM throughline_journeys
  WHERE journey = {journey:String} AND server AND outcome = 'converted'
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
)
