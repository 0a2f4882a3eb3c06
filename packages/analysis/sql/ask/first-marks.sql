-- As reported.sql, for any visit: it may have several measurements of a vital, each reported several times. Of one
-- measurement the report with the largest value counts; of several the first, by the time of that report.
--
-- A report is one number, which the engine compares quickly: value (64 bits) | time (54) | mark (10).
--
-- Parameters: split (whether plain visits are left out).
SELECT
  visit,
  groupBitOr(bitShiftLeft(bitAnd(toUInt64(first), 1023), 10 * (which - 1))) AS marks,
  maxIf(toInt64(bitShiftRight(toUInt64(first), 10)), which = 5) AS shifted
FROM (
  SELECT visit, which, argMin(largest, bitShiftLeft(toUInt128(toUInt64(largest)), 64) + measurement) AS first
  FROM (
    SELECT
      visit, which, measurement,
      max(bitShiftLeft(toUInt128(reinterpretAsUInt64(value)), 64) + bitShiftLeft(toUInt64(greatest(time, 0)), 10) + mark) AS largest
    FROM report_vitals
    WHERE NOT {split:UInt8} OR visit IN (SELECT visit FROM report_repeated)
    GROUP BY visit, which, measurement
  )
  GROUP BY visit, which
)
GROUP BY visit
