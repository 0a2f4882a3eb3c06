-- Conversion by latency bucket of each measure, by stratum. A visit's measurement is its first of that measure; of the reports of
-- one measurement the largest counts. Layout shifts count up to the landmark, among visits that were open then.
-- `edges` holds the three bounds between the buckets of each of `measures` ("step measure").
SELECT step, measure, navigation, bucket, device, network, country, count() AS visits, countIf(converted) AS conversions
FROM (
  SELECT
    step, measure, navigation, device, network, country, converted,
    indexOf({measures:Array(String)}, concat(step, ' ', measure)) AS which,
    arrayCount(edge -> value > edge, arraySlice({edges:Array(Float64)}, which * 3 - 2, 3)) AS bucket
  FROM (
    SELECT step, 'ready' AS measure, '' AS navigation, ready AS value, device, network, country, converted
    FROM report_steps
    WHERE isFinite(ready)
    UNION ALL
    SELECT step, measure, first.2 AS navigation, first.3 AS value, device, network, country, converted
    FROM (
      -- A visit that is told by two keys has one measurement all the same.
      SELECT visit_id, step, device, network, country, converted, start, ended, measure, min((measured.moment, navigation, measured.value)) AS first
      FROM (
        SELECT
          key, name AS measure,
          argMin(kind, (at, measurement)) AS navigation,
          argMin(largest, (at, measurement)) AS value,
          min(at) AS moment
        FROM (
          SELECT
            if(visit != 0, visit, cityHash64(run_id, toString(step), attempt)) AS key,
            toString(name) AS name,
            measurement,
            max(value) AS largest,
            argMax(toString(navigation_type), (value, time)) AS kind,
            toUnixTimestamp64Micro(argMax(time, (value, time))) AS at
          FROM throughline_vitals
          WHERE journey = {journey:String} AND name IN ('lcp', 'fcp', 'ttfb', 'cls', 'first-interaction')
            AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
          GROUP BY key, name, measurement
        )
        GROUP BY key, name
      ) AS measured
      INNER JOIN (SELECT arrayJoin(keys) AS key, * EXCEPT (keys) FROM report_steps) AS visit ON visit.key = measured.key
      GROUP BY visit_id, step, device, network, country, converted, start, ended, measure
    )
    WHERE measure != 'cls' OR (ended >= start + {landmark:Float64} * 1000 AND first.1 <= start + {landmark:Float64} * 1000)
  )
  WHERE which > 0
)
GROUP BY step, measure, navigation, bucket, device, network, country
