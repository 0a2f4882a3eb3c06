-- The page loads of a person.
SELECT DISTINCT SpanAttributes['throughline.page.id'] AS id
FROM otel_traces
WHERE (toUUIDOrZero(SpanAttributes['throughline.run.id']) IN {runs}
    OR SpanAttributes['throughline.subject.id'] IN {names})
  AND id != ''
