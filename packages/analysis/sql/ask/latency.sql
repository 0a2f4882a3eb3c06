-- Conversion by latency bucket of each measure, by stratum. A visit's measurement is its first of that measure; of
-- the reports of one measurement the largest counts. Layout shifts count up to the landmark, among visits that were
-- open then. `edges` holds the three bounds between the buckets of each of `measures` ("step measure"). vitals.sql
-- says how reports are packed, navigations.sql which types of navigation there are.
WITH
  ['lcp', 'fcp', 'ttfb', 'cls', 'first-interaction'] AS names,
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
      AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  )
  WHERE which > 0
  GROUP BY stratum, bucket
  UNION ALL
  SELECT
    stratum, names[which_name] AS measure, {navigations:Array(String)}[navigation_place] AS navigation, bucket, count() AS visits, countIf(converted) AS conversions
  FROM (
    SELECT
      stratum, converted,
      toUInt8(bitAnd(key, 7)) AS which_name,
      toUInt8(bitAnd(first, 255)) AS navigation_place,
      toInt64(bitShiftRight(toUInt64(first), 8)) AS moment,
      reinterpretAsFloat64(toUInt64(bitShiftRight(first, 64))) AS value,
      wanted[(place - 1) * length(names) + which_name] AS which,
      (value > {edges:Array(Float64)}[which * 3 - 2]) + (value > {edges:Array(Float64)}[which * 3 - 1]) + (value > {edges:Array(Float64)}[which * 3]) AS bucket
    FROM report_first AS measured
    INNER JOIN (
      SELECT bitAnd(visit_id, bitNot(toUInt64(7))) AS visit_key, stratum, place, converted, start, ended
      FROM report_steps
      WHERE day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
    ) AS visit ON visit.visit_key = bitAnd(measured.key, bitNot(toUInt64(7)))
    WHERE which_name != indexOf(names, 'cls')
      OR (ended >= start + {landmark:Float64} * 1000 AND moment <= start + {landmark:Float64} * 1000)
  )
  WHERE which > 0
  GROUP BY stratum, which_name, navigation_place, bucket
) AS counted
INNER JOIN report_strata AS strata ON strata.stratum = counted.stratum
-- Sums of fractions depend on the order of what is added.
ORDER BY step, measure, navigation, bucket, device, network, country
