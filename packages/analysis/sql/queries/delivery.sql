-- What the pages say became of their events; each page's latest account.
SELECT
  count() AS pages,
  sum(latest.1) AS emitted,
  sum(latest.2) AS delivered,
  sum(latest.6) AS refused,
  sum(latest.3) AS dropped,
  sum(latest.4) AS pending,
  sum(latest.5) AS recovered
FROM (
  SELECT max((emitted, delivered, dropped, pending, recovered, refused)) AS latest
  FROM throughline_deliveries
  WHERE NOT server
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
  GROUP BY page
)
