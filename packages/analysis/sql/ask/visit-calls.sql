-- The endpoints that each visit called: how many of its calls failed, and how long the first took. Parameters:
-- journey, since and last (ms).
SELECT
  visit, which,
  countIf(failed) AS failures,
  -- Of equal times the smallest span: a pair in one number.
  argMin(duration_ms, bitShiftLeft(toUInt128(greatest(toUnixTimestamp64Micro(time), 0)), 64) + span) AS first,
  avg(call_weight) AS weight
FROM (
  SELECT visit, which, failed, duration_ms, time, span, weight AS call_weight
  FROM report_calls
  WHERE visit != 0
  UNION ALL
  SELECT step.visit_id AS visit, which, failed, duration_ms, time, span, call_weight
  FROM report_steps AS step
  INNER JOIN (
    -- What is read of copies is the same in each.
    SELECT DISTINCT
      cityHash64(run_id, toString(call.step), attempt) AS key, cityHash64(service, endpoint) AS which,
      failed, duration_ms, time, span, weight AS call_weight
    FROM throughline_calls AS call
    WHERE journey = {journey:String} AND server AND call.visit = 0 AND weight > 0
      AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({last:Int64}, 1000), 'UTC')
  ) AS loose ON loose.key = step.key
  WHERE step.key != 0
)
GROUP BY visit, which
