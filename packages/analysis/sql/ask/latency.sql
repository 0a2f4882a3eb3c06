-- Conversion by latency bucket of each measure, by stratum. A visit's measurement is its first of that measure; of
-- the reports of one measurement the largest counts. Layout shifts count up to the landmark, among visits that were
-- open then. `edges` holds the three bounds between the buckets of each of `measures` ("step measure").
--
-- There are many vitals, so a report of one is packed into a number, which the engine compares and groups by quickly:
--   value (64 bits) | time in microseconds (56) | navigation type, as a place in `navigations` (8)
WITH
  ['lcp', 'fcp', 'ttfb', 'cls', 'first-interaction'] AS names,
  (SELECT arraySlice(arraySort(groupUniqArray(toString(navigation_type))), 1, 255) FROM throughline_vitals WHERE journey = {journey:String}) AS navigations,
  -- Where each step (by place) and measure stands in `measures`; 0 if nobody asks for it.
  arrayFlatten(arrayMap(step -> arrayMap(name -> indexOf({measures:Array(String)}, concat(step, ' ', name)), names), {steps:Array(String)})) AS wanted
SELECT
  step, measure, navigation, bucket, device, network, country,
  counted.visits AS visits,
  counted.conversions AS conversions
FROM (
  SELECT
    stratum, 'ready' AS measure, '' AS navigation, bucket, count() AS visits, countIf(converted) AS conversions
  FROM (
    SELECT
      stratum, converted, indexOf({measures:Array(String)}, concat(step, ' ready')) AS which,
      (ready > {edges:Array(Float64)}[which * 3 - 2]) + (ready > {edges:Array(Float64)}[which * 3 - 1]) + (ready > {edges:Array(Float64)}[which * 3]) AS bucket
    FROM report_steps
    WHERE isFinite(ready)
  )
  WHERE which > 0
  GROUP BY stratum, bucket
  UNION ALL
  SELECT
    stratum, names[which_name] AS measure, navigations[navigation_place] AS navigation, bucket, count() AS visits, countIf(converted) AS conversions
  FROM (
    SELECT
      stratum, converted, which_name, navigation_place, wanted[(place - 1) * length(names) + which_name] AS which,
      (value > {edges:Array(Float64)}[which * 3 - 2]) + (value > {edges:Array(Float64)}[which * 3 - 1]) + (value > {edges:Array(Float64)}[which * 3]) AS bucket
    FROM (
      -- The first measurement of each measure in a visit.
      SELECT
        visit_id,
        which_name,
        argMin(largest, bitShiftLeft(toUInt128(toUInt64(largest)), 64) + measurement) AS first,
        reinterpretAsFloat64(toUInt64(bitShiftRight(first, 64))) AS value,
        toUInt8(toUInt64(first) % 256) AS navigation_place,
        toInt64(bitShiftRight(toUInt64(first), 8)) AS moment
      FROM (
        SELECT visit_id, which_name, measurement, max(report) AS largest
        FROM (
          SELECT
            visit AS visit_id, toUInt8(indexOf(names, name)) AS which_name, measurement,
            bitShiftLeft(toUInt128(reinterpretAsUInt64(value)), 64) + bitShiftLeft(toUInt64(greatest(toUnixTimestamp64Micro(time), 0)), 8)
              + indexOf(navigations, navigation_type) AS report
          FROM throughline_vitals
          WHERE journey = {journey:String} AND name IN ('lcp', 'fcp', 'ttfb', 'cls', 'first-interaction') AND visit != 0
            AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
          UNION ALL
          SELECT
            visit.visit_id AS visit_id, toUInt8(indexOf(names, name)) AS which_name, measurement,
            bitShiftLeft(toUInt128(reinterpretAsUInt64(value)), 64) + bitShiftLeft(toUInt64(greatest(toUnixTimestamp64Micro(time), 0)), 8)
              + indexOf(navigations, navigation_type) AS report
          FROM throughline_vitals AS vital
          INNER JOIN (SELECT visit_id, keys[2] AS key FROM report_steps WHERE length(keys) = 2) AS visit
            ON visit.key = cityHash64(vital.run_id, toString(vital.step), vital.attempt)
          WHERE journey = {journey:String} AND name IN ('lcp', 'fcp', 'ttfb', 'cls', 'first-interaction') AND vital.visit = 0
            AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
        )
        GROUP BY visit_id, which_name, measurement
      )
      GROUP BY visit_id, which_name
    ) AS measured
    INNER JOIN (SELECT visit_id, stratum, place, converted, start, ended FROM report_steps) AS visit ON visit.visit_id = measured.visit_id
    WHERE which_name != indexOf(names, 'cls')
      OR (ended >= start + {landmark:Float64} * 1000 AND moment <= start + {landmark:Float64} * 1000)
  )
  WHERE which > 0
  GROUP BY stratum, which_name, navigation_place, bucket
) AS counted
INNER JOIN (
  SELECT stratum, any(step) AS step, any(device) AS device, any(network) AS network, any(country) AS country FROM report_steps GROUP BY stratum
) AS strata ON strata.stratum = counted.stratum
-- Sums of fractions depend on the order of what is added.
ORDER BY step, measure, navigation, bucket, device, network, country
