-- Conversion by latency bucket of each measure, by stratum. A visit's measurement is its first of that measure; of the reports of
-- one measurement the largest counts. Layout shifts count up to the landmark, among visits that were open then.
-- `edges` holds the three bounds between the buckets of each of `measures` ("step measure").
SELECT step, measure, navigation, bucket, device, network, country, count() AS visits, countIf(converted) AS conversions
FROM (
  SELECT
    step, measure, device, network, country, converted, start, ended,
    first.1 AS at,
    first.2 AS navigation,
    indexOf({measures:Array(String)}, concat(step, ' ', measure)) AS which,
    arrayCount(edge -> first.3 > edge, arraySlice({edges:Array(Float64)}, which * 3 - 2, 3)) AS bucket
  FROM (
    -- A visit that is told by two keys has one measurement all the same.
    SELECT run_id, step, device, network, country, converted, start, ended, measure, min((at, navigation, value)) AS first
    FROM (
      SELECT run_id, step, device, network, country, converted, start, ended, arrayJoin(keys) AS key
      FROM throughline_visits(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
        previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
    ) AS visit
    INNER JOIN (
      SELECT
        run_id,
        if(visit != 0, visit, cityHash64(toString(step), attempt)) AS key,
        'ready' AS measure, '' AS navigation, min(assumeNotNull(ready_ms)) AS value, toInt64(0) AS at
      FROM throughline_steps
      WHERE journey = {journey:String} AND kind = 'ready' AND ready_ms IS NOT NULL
        AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
      GROUP BY run_id, key
      UNION ALL
      SELECT
        run_id, key, name,
        argMin(kind, (at, measurement)),
        argMin(largest, (at, measurement)),
        min(at)
      FROM (
        SELECT
          run_id,
          if(visit != 0, visit, cityHash64(toString(step), attempt)) AS key,
          toString(name) AS name, measurement,
          max(value) AS largest,
          argMax(toString(navigation_type), (value, time)) AS kind,
          toUnixTimestamp64Micro(argMax(time, (value, time))) AS at
        FROM throughline_vitals
        WHERE journey = {journey:String} AND name IN ('lcp', 'fcp', 'ttfb', 'cls', 'first-interaction')
          AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
        GROUP BY run_id, key, name, measurement
      )
      GROUP BY run_id, key, name
    ) AS reported ON reported.run_id = visit.run_id AND reported.key = visit.key
    GROUP BY run_id, step, device, network, country, converted, start, ended, measure
  )
)
WHERE which > 0
  AND (measure != 'cls' OR (ended >= start + {landmark:Float64} * 1000 AND at <= start + {landmark:Float64} * 1000))
GROUP BY step, measure, navigation, bucket, device, network, country
