-- Web vitals of a step: the 75th percentile, of each measurement its largest report.
SELECT $__timeInterval(at) AS time, name, quantileExact(0.75)(value) AS p75
FROM (
  SELECT toString(name) AS name, measurement, min(vitals.time) AS at, max(vitals.value) AS value
  FROM throughline_vitals AS vitals
  WHERE journey = '{journey}' AND step = '${step}' AND name IN ('lcp', 'inp', 'fcp', 'ttfb')
    AND day BETWEEN toDate($__fromTime) - 32 AND toDate($__toTime) + 1
  GROUP BY name, measurement
  HAVING at BETWEEN $__fromTime AND $__toTime
)
GROUP BY time, name
ORDER BY time
