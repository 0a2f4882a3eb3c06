-- Spans of version 1, which name no visit, of whose step and attempt the run has not exactly one visit: they are on
-- none. A browser's visits go before what a server entered. Parameters: journey, since and last (ms).
SELECT uniqExact(about, id) AS spans
FROM report_unnamed AS span
LEFT JOIN (
  SELECT run_id, toString(step) AS step, attempt, uniqExactIf(visit, NOT server) AS browser, uniqExactIf(visit, server) AS server_visits
  FROM throughline_visits
  WHERE journey = {journey:String} AND entered < 9223372036854775807
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
    AND run_id IN (SELECT run_id FROM report_unnamed)
  GROUP BY run_id, step, attempt
) AS visits USING (run_id, step, attempt)
WHERE if(browser > 0, browser, server_visits) != 1
