-- Reports of the vitals that buckets are made of. There are many, so a report is three numbers, which the engine
-- groups by and compares quickly:
--   key     which measure of which visit: the last three bits of the visit's id give way to the place of the measure
--   report  value (64 bits) | time in microseconds (56) | navigation type, as a place in a list (8)
--
-- Of one measurement the report with the largest value counts, which is the largest number. Parameters: journey,
-- since and last (ms), navigations (navigations.sql).
WITH ['lcp', 'fcp', 'ttfb', 'cls', 'first-interaction'] AS names
SELECT
  bitOr(bitAnd(visit, bitNot(toUInt64(7))), toUInt64(indexOf(names, name))) AS key,
  measurement,
  bitShiftLeft(toUInt128(reinterpretAsUInt64(value)), 64) + bitShiftLeft(toUInt64(greatest(toUnixTimestamp64Micro(time), 0)), 8)
    + indexOf({navigations:Array(String)}, navigation_type) AS report
FROM (
  SELECT visit, name, measurement, value, time, navigation_type
  FROM throughline_vitals
  WHERE journey = {journey:String} AND name IN names AND visit != 0
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  UNION ALL
  SELECT visit.visit_id AS visit, name, measurement, value, time, navigation_type
  FROM throughline_vitals AS vital
  INNER JOIN (SELECT visit_id, keys[2] AS key FROM report_steps WHERE length(keys) = 2) AS visit
    ON visit.key = cityHash64(vital.run_id, toString(vital.step), vital.attempt)
  WHERE journey = {journey:String} AND name IN names AND vital.visit = 0
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
)
