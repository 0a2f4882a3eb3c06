-- What the conversions are worth, by currency.
SELECT worth.3 AS currency, sum(worth.2) AS amount, count() AS conversions
FROM throughline_runs(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
  previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
WHERE converted AND worth.1
GROUP BY currency
ORDER BY amount DESC, currency
