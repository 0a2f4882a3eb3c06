-- The runs in which a person was seen. Rows outside of any run have the run zero.
SELECT DISTINCT toString(run) AS id
FROM (
  SELECT toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run
  FROM otel_traces
  WHERE SpanAttributes['throughline.subject.id'] IN {names}
  UNION ALL
  SELECT toUUIDOrZero(LogAttributes['throughline.run.id'])
  FROM otel_logs
  WHERE LogAttributes['throughline.subject.id'] IN {names}
  UNION ALL
  {derived}
)
WHERE run != toUUID('00000000-0000-0000-0000-000000000000')
