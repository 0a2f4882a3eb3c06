-- Why units left at the step that they reached last, one reason each: the first that applies. It goes by their last
-- visit to that step in time. Parameters: steps, converts (place), within (ms), targets (for each step the declared
-- one, ms; 0 for none), timed (for each step whether its visits report when they are ready), quick (ms).
--
-- `place` is that of the step, 1-based.
SELECT place, reason, count() AS units
FROM (
  SELECT
    place,
    -- The first that is true. All are computed: to leave out the later ones, as multiIf does, takes longer.
    ['error', 'failing-request', 'not-ready', 'slow', 'went-back', 'at-once', 'other'][indexOf([
      visit.visit IN (SELECT visit FROM report_met_errors),
      visit.visit IN (SELECT visit FROM report_met_failures),
      {timed:Array(UInt8)}[place] AND NOT visit.server AND visit.time > 0
        AND (NOT isFinite(visit.ready) OR visit.ready * 1000 > ended - visit.time),
      isFinite(visit.ready) AND {targets:Array(Float64)}[place] > 0 AND visit.ready > {targets:Array(Float64)}[place],
      visit.outcome = 4 OR next BETWEEN 1 AND place - 1,
      ended - visit.time < {quick:Int64} * 1000,
      true], true)] AS reason
  FROM (
    SELECT
      place,
      known[position] AS visit,
      if(position = 0, 0, known.place[position + 1]) AS next,
      least(visit.left, arrayMin(arrayPushBack(arrayFilter(time -> time > visit.time, known.time), 9223372036854775807))) AS ended
    FROM (
      SELECT
        arrayLastIndex(time -> time > 0, times) AS place,
        arrayFilter(visit -> NOT visit.floats, path) AS known,
        arrayLastIndex(visit -> visit.place = place AND visit.time <= entered + {within:Int64} * 1000, known) AS position
      FROM report_counted
      WHERE inside AND NOT later AND NOT converted AND NOT going
    )
  )
)
WHERE place > 0
GROUP BY place, reason
ORDER BY place, reason
