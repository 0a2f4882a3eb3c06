-- The values of a breakdown that most runs (or subjects) have.
SELECT value, count() AS units
FROM (
  SELECT parts.value AS value
  FROM report_counted AS counted
  INNER JOIN report_parts AS parts ON parts.run_id = counted.run_id
  WHERE counted.inside AND parts.value != ''
)
GROUP BY value
ORDER BY units DESC, value
LIMIT 10
