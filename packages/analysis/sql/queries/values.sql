-- What the conversions are worth, by currency: each unit's value comes from the outcome that is believed.
SELECT worth.2 AS currency, sum(worth.1) AS amount, count() AS conversions
FROM (
  SELECT argMin((value, currency), (NOT server, time, event)) AS worth
  FROM throughline_journeys
  WHERE journey = {journey:String} AND outcome = 'converted'
    AND run_id IN (
      SELECT run_id
      FROM throughline_runs(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
        previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
      WHERE converted)
  GROUP BY run_id
)
WHERE worth.1 IS NOT NULL
GROUP BY currency
ORDER BY amount DESC, currency
