-- Which numbers of each page's events arrived, and how many events the page says that there were. Parameters: pages.
SELECT
  page,
  arraySort(groupUniqArrayArray(numbers)) AS numbers,
  max(emitted) AS emitted
FROM (
  SELECT page, numbers, 0 AS emitted FROM throughline_pages WHERE has({pages:Array(String)}, page)
  UNION ALL
  SELECT page, []::Array(UInt32), emitted FROM throughline_deliveries WHERE has({pages:Array(String)}, page)
)
GROUP BY page
