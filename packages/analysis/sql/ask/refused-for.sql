-- Why endpoints refused events, by the last account of each page.
SELECT reason, sum(events) AS events
FROM (
  SELECT
    arrayJoin(JSONExtractKeysAndValues(argMax(refused_for, (emitted, delivered, dropped, pending, recovered, refused)), 'UInt64')) AS told,
    told.1 AS reason,
    told.2 AS events
  FROM throughline_deliveries
  WHERE day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  GROUP BY page
)
GROUP BY reason
ORDER BY events DESC, reason
LIMIT 20
