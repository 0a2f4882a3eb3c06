-- What happened between two moments: deploys and incidents, as they were marked, and releases that a page (or a
-- server that entered a step) was first seen with: was not seen with in the 90 days before. Parameters: journeys,
-- since, until and last (ms).
SELECT kind, label, at, ended
FROM (
  SELECT toString(marks.kind) AS kind, toString(marks.label) AS label, intDiv(marks.time, 1000) AS at, intDiv(marks.ended, 1000) AS ended
  FROM throughline_marks AS marks FINAL
  UNION ALL
  SELECT 'release', toString(release) AS label, intDiv(min(entered), 1000) AS at, 0
  FROM throughline_visits
  WHERE journey IN {journeys:Array(String)} AND release != '' AND entered < 9223372036854775807
    AND day BETWEEN toDate(greatest(intDiv({since:Int64}, 1000) - 7776000, 0), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
    AND NOT (run_id IN (SELECT run_id FROM report_machines))
  GROUP BY label
)
WHERE at < {until:Int64} AND greatest(at, ended, if(kind = 'incident' AND ended = 0, {until:Int64} - 1, 0)) >= {since:Int64}
ORDER BY at, kind, label
LIMIT 200
