-- What was reported of each visit: its marks (vitals.sql) and when the layout shift was (microseconds; 0 for
-- never). That is all there is to say of a `plain` one: each vital was reported once, or it is the layout shift,
-- which goes on, with one measurement of which the last report is the largest. first-marks.sql does the others.
WITH which = 5 AS shifts
SELECT
  visit,
  groupBitOr(if(shifts, 0, bitShiftLeft(mark, 10 * (which - 1)))) AS once,
  maxIf(mark, shifts) AS shift,
  bitOr(once, bitShiftLeft(shift, 40)) AS marks,
  maxIf(time, shifts) AS shifted,
  countIf(NOT shifts) = arrayCount(place -> bitAnd(bitShiftRight(once, place), 1023) > 0, [0, 10, 20, 30])
    AND minIf(measurement, shifts) = maxIf(measurement, shifts)
    AND bitShiftRight(minIf(mark, shifts), 2) = bitShiftRight(shift, 2)
    AND argMaxIf(value, time, shifts) = maxIf(value, shifts) AS plain
FROM report_vitals
GROUP BY visit
