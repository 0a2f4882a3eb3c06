-- Time from the first enter of a step (by place) to that of the next step on the unit's own path; place 0: from the
-- first enter of all to the conversion. In ms, interpolated. Units that began later are left out, and of a conversion
-- that nobody can date the ways to and from it. Parameters: converts (place).
SELECT place, count() AS measured, quantilesExactInclusive(0.5, 0.75, 0.95)(elapsed) AS quantiles
FROM (
  SELECT
    arrayFilter(place -> times[place] > 0, arrayEnumerate(times)) AS path,
    arrayJoin(arrayConcat(
      arrayMap((place, next) -> (place, next, greatest(times[next] - times[place], 0) / 1000), arrayPopBack(path), arrayPopFront(path)),
      if(converted, [(0, {converts:UInt8}, greatest(times[{converts:UInt8}] - entered, 0) / 1000)], []))) AS leg,
    leg.1 AS place,
    leg.3 AS elapsed
  FROM (SELECT times, converted, entered, undated FROM report_counted WHERE inside AND NOT later)
  WHERE NOT (undated AND has([leg.1, leg.2], {converts:UInt8}))
)
GROUP BY place
ORDER BY place
