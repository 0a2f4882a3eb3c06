-- As first.sql, in one way: every visit may have several measurements of one measure.
SELECT key, argMin(largest, bitShiftLeft(toUInt128(toUInt64(largest)), 64) + measurement) AS first
FROM (
  SELECT key, measurement, max(report) AS largest
  FROM report_vitals
  GROUP BY key, measurement
)
GROUP BY key
