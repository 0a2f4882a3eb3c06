-- Runs of which something had not happened yet, by its own clock, when it arrived, and by how much at most (ms).
SELECT uniqExact(run_id) AS runs, max(ahead_ms) AS most
FROM throughline_visits
WHERE journey IN {journeys:Array(String)} AND ahead_ms > 0
  AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
