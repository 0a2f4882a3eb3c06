-- The first measurement of each measure in each visit, packed as vitals.sql says. Parameters: several (whether any
-- visit has several of one measure).
SELECT key, largest AS first
FROM report_measured
WHERE NOT several
UNION ALL
SELECT key, argMin(largest, bitShiftLeft(toUInt128(toUInt64(largest)), 64) + measurement)
FROM (
  SELECT key, measurement, max(report) AS largest
  FROM report_vitals
  WHERE {several:UInt8} AND key IN (SELECT key FROM report_measured WHERE several)
  GROUP BY key, measurement
)
GROUP BY key
