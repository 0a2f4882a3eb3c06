-- Reports of the vitals that buckets are made of, of each visit. There are many, so what is said of them is
-- numbers: `which` vital, by its place in the list; `time` in microseconds; and a `mark` of ten bits: the type of
-- navigation, as its place in a list and 1 (8), and the bucket of the value (2). A visit has a mark of each vital,
-- so all of them are one number: marks, the first vital in its last ten bits.
--
-- Parameters: journey, since and last (ms), navigations (navigations.sql), bounds (three lists, one for each bound
-- between buckets, that name the bound of each vital).
WITH ['lcp', 'fcp', 'ttfb', 'first-interaction', 'cls'] AS names
SELECT
  visit, measurement, value,
  toUInt8(transform(name, names, [1, 2, 3, 4, 5], 0)) AS which,
  toUnixTimestamp64Micro(time) AS time,
  -- What has few values is looked up once for each.
  4 * (1 + toUInt64(transform(navigation_type, {navigations:Array(String)}, arrayEnumerate({navigations:Array(String)}), 0)))
    + (value > transform(name, names, {bounds:Array(Array(Float64))}[1], 0.))
    + (value > transform(name, names, {bounds:Array(Array(Float64))}[2], 0.))
    + (value > transform(name, names, {bounds:Array(Array(Float64))}[3], 0.)) AS mark
FROM (
  SELECT visit, name, measurement, value, time, navigation_type
  FROM throughline_vitals
  WHERE journey = {journey:String} AND name IN names AND visit != 0
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  UNION ALL
  SELECT step.visit_id AS visit, name, measurement, value, time, navigation_type
  FROM report_steps AS step
  INNER JOIN (
    SELECT cityHash64(run_id, toString(step), attempt) AS key, name, measurement, value, time, navigation_type
    FROM throughline_vitals
    WHERE journey = {journey:String} AND name IN names AND visit = 0
      AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  ) AS vital ON vital.key = step.key
  WHERE step.key != 0
)
