-- How far the units came, by the last step that each reached (1-based; 0 for none): those that began at the start,
-- those that began `later`, and those that may still go on. `onward` are those that had reached the required step
-- before the converting one: a server may confirm a conversion of whose way there nothing arrived. Parameters:
-- previous, converts (places).
SELECT
  later,
  converted,
  going,
  arrayLastIndex(time -> time > 0, times) AS furthest,
  count() AS units,
  countIf(capped) AS capped,
  countIf(undated) AS undated,
  sumForEach(arrayMap(time -> time > 0, times)) AS reached,
  countIf({previous:Array(UInt8)}[{converts:UInt8}] = 0 OR times[{previous:Array(UInt8)}[{converts:UInt8}]] > 0) AS onward
FROM report_counted
WHERE inside
GROUP BY later, converted, going, furthest
