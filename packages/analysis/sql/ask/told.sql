-- Steps of which the application says when they are ready. What is observed of their other visits (`auto`: the main
-- thread
-- idle, the DOM quiet) is never mixed with that; of steps of which it says nothing, what is observed is all there is.
SELECT DISTINCT toString(step) AS step
FROM throughline_visits
WHERE journey = {journey:String}
  AND day BETWEEN toDate(intDiv({from:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  AND ready_source != 'auto' AND isFinite(ready_ms)
ORDER BY step
