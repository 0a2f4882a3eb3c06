-- Which anonymous subject turned out to be which known one, as reported. 20-links.sql says which reports are believed.
CREATE TABLE IF NOT EXISTS throughline_aliases (
  previous String,
  subject String,
  time DateTime64(6, 'UTC'),
  event UInt64,
  run_id UUID,
  session UInt64,
  server Bool
)
ENGINE = ReplacingMergeTree
ORDER BY (previous, subject, time, event);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_aliases_view TO throughline_aliases AS
SELECT
  SpanAttributes['throughline.subject.previous'] AS previous,
  SpanAttributes['throughline.subject.id'] AS subject,
  Timestamp AS time,
  cityHash64(if(SpanAttributes['throughline.event.id'] != '', SpanAttributes['throughline.event.id'],
    concat(TraceId, SpanId))) AS event,
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run_id,
  if(ResourceAttributes['session.id'] != '', cityHash64(ResourceAttributes['session.id']), 0) AS session,
  SpanAttributes['throughline.event.source'] = 'server' AS server
FROM otel_traces
WHERE SpanName = 'throughline.alias' AND previous != '' AND subject != '' AND previous != subject;
