-- Runs that converted, but later than `within` after they began. Parameters: converts (place), within (ms).
SELECT count() AS runs
FROM report_runs
WHERE inside AND NOT converted AND NOT denied
  AND (reported > entered + {within:Int64} * 1000 OR confirmed > entered + {within:Int64} * 1000
    OR arrayExists(visit -> visit.place = {converts:UInt8} AND visit.time > entered + {within:Int64} * 1000, path))
