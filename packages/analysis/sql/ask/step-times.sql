-- Time from the first enter of a step (by place) to that of the next step on the unit's own path; place 0: from the
-- first enter of all to the conversion. In ms, interpolated. Units that began later are left out.
SELECT place, count() AS measured, quantilesExactInclusive(0.5, 0.75, 0.95)(elapsed) AS quantiles
FROM (
  SELECT
    arrayFilter(place -> times[place] > 0, arrayEnumerate(times)) AS path,
    arrayJoin(arrayConcat(
      arrayMap((place, next) -> (place, greatest(times[next] - times[place], 0) / 1000), arrayPopBack(path), arrayPopFront(path)),
      if(converted, [(0, greatest(times[{converts:UInt8}] - entered, 0) / 1000)], []))) AS leg,
    leg.1 AS place,
    leg.2 AS elapsed
  FROM (SELECT times, converted, entered FROM report_counted WHERE inside AND NOT later)
)
GROUP BY place
ORDER BY place
