-- The traces of a person: what is in them belongs to the requests of this person, whichever service recorded it.
SELECT DISTINCT TraceId AS id
FROM otel_traces
WHERE (toUUIDOrZero(SpanAttributes['throughline.run.id']) IN {runs}
    OR SpanAttributes['throughline.subject.id'] IN {names})
  AND id != ''
UNION DISTINCT
SELECT TraceId
FROM otel_logs
WHERE (toUUIDOrZero(LogAttributes['throughline.run.id']) IN {runs}
    OR LogAttributes['throughline.subject.id'] IN {names})
  AND TraceId != ''
