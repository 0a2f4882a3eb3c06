-- The scores that people gave on each step, as shares of their scale, with whether their run converted and whether the
-- visit was slow to be ready. Parameters: journey, since and last (ms), steps, slowFrom (for each step, ms; 0 for
-- none).
SELECT
  step, grade, slow,
  count() AS scores,
  countIf(converted) AS conversions,
  sum(share) AS total,
  sum(share * share) AS squares
FROM (
  SELECT
    given.step AS step,
    share,
    multiIf(share <= 0.6, 'low', share <= 0.8, 'middle', 'high') AS grade,
    run.converted AS converted,
    arrayFirst(one -> one.visit = given.visit, run.path).ready AS ready,
    {slowFrom:Array(Float64)}[indexOf({steps:Array(String)}, given.step)] AS limit,
    multiIf(given.visit = 0 OR NOT has(run.path.visit, given.visit) OR NOT isFinite(ready) OR limit = 0, '', ready > limit, 'slow', 'fast') AS slow
  FROM (
    SELECT
      toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run_id,
      toString(SpanAttributes['throughline.step.name']) AS step,
      if(SpanAttributes['throughline.visit.id'] != '', cityHash64(SpanAttributes['throughline.visit.id']), 0) AS visit,
      toFloat64OrZero(SpanAttributes['throughline.satisfaction.score']) / toFloat64OrZero(SpanAttributes['throughline.satisfaction.scale']) AS share
    FROM otel_traces
    PREWHERE SpanName = 'throughline.satisfaction' AND Timestamp >= fromUnixTimestamp64Milli({since:Int64})
    WHERE SpanAttributes['throughline.journey.name'] = {journey:String}
      AND ifNull(share BETWEEN 0 AND 1, false)
    LIMIT 1 BY TraceId, SpanId
  ) AS given
  INNER JOIN (SELECT run_id, converted, path FROM report_runs WHERE inside) AS run ON run.run_id = given.run_id
  WHERE has({steps:Array(String)}, given.step)
)
GROUP BY step, grade, slow
ORDER BY step, grade, slow
