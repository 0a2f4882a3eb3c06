-- What the enters of some runs say of the page: its release and its browser, by the first that has one. Parameters:
-- runs, from and last (ms, of the day the run began).
SELECT
  toString(run_id) AS run,
  argMinIf(toString(visits.release), entered, visits.release != '') AS release,
  trim(concat(argMinIf(toString(visits.browser), entered, visits.browser != ''), ' ',
    argMinIf(toString(browser_version), entered, browser_version != ''))) AS browser
FROM throughline_visits AS visits
WHERE run_id IN (SELECT toUUIDOrZero(arrayJoin({runs:Array(String)})))
  AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
GROUP BY run_id
