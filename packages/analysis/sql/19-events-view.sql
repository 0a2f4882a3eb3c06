-- Reads spans for every view above. It comes last, so that no table misses a row that another has.
--
-- A view that throws would stop ingest for everyone, so none can: ids that are no UUID become zero, numbers that are
-- none become 0 or NULL, and there are no partitions (an insert that touches too many of them fails). `day` is the
-- day the run started, from its UUIDv7, if that lies at most 400 days before and three days after the span, else the
-- day it was seen. Events outside of any run (an error on a page without steps) are counted among those of their page
-- alone: they have no name here, so no other view takes them.
CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_events_view TO throughline_events AS
WITH
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run,
  run != toUUID('00000000-0000-0000-0000-000000000000') AS known,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run, 'UTC')) AS started,
  intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) AS seen,
  -- Few agents send many spans: what is made of one value and of constants is made once for each value of a
  -- dictionary. Browsers name those that they are like as well, themselves last of all; Chrome and Safari are what all
  -- claim to be. The first of these that matches counts: `name|version`; an agent of none keeps its `|` in front.
  replaceRegexpOne(concat('|', toLowCardinality(ResourceAttributes['user_agent.original'])),
    '(?s)^[|](?:.*?(Edg|OPR|SamsungBrowser|Firefox|FxiOS|CriOS)\\w*/(\\d+)|.*?(Chrome)/(\\d+)|.*?(Version)/(\\d+).*Safari).*$',
    '\\1\\3\\5|\\2\\4\\6') AS told,
  extract(told, '^(\\w+)[|]\\d+$') AS token,
  transform(token,
    ['Edg', 'OPR', 'SamsungBrowser', 'FxiOS', 'CriOS', 'Version'],
    ['Edge', 'Opera', 'Samsung Internet', 'Firefox', 'Chrome', 'Safari'], token) AS like_browser,
  mapFilter((key, value) -> startsWith(key, 'throughline.hypothesis.'), SpanAttributes) AS assigned
SELECT
  if(known OR SpanName IN ('throughline.delivery', 'throughline.alias', 'throughline.mark'), SpanName, '') AS name,
  SpanAttributes['throughline.journey.name'] AS journey,
  SpanAttributes['throughline.journey.version'] AS version,
  run AS run_id,
  toDate(intDiv(if(started BETWEEN seen - 34560000000 AND seen + 259200000, started, seen), 1000), 'UTC') AS day,
  toUnixTimestamp64Micro(Timestamp) AS time,
  cityHash64(if(SpanAttributes['throughline.event.id'] != '', SpanAttributes['throughline.event.id'],
    concat(TraceId, SpanId))) AS event,
  if(SpanAttributes['throughline.visit.id'] != '', cityHash64(SpanAttributes['throughline.visit.id']), 0) AS visit,
  SpanAttributes['throughline.step.name'] AS step,
  greatest(toUInt16OrZero(SpanAttributes['throughline.step.attempt']), 1) AS attempt,
  SpanAttributes['throughline.event.source'] = 'server' AS server,
  SpanAttributes['throughline.subject.id'] AS subject,
  Duration / 1e6 AS duration_ms,
  ServiceName AS service,
  TraceId AS trace,
  SpanId AS span,
  ParentSpanId AS parent,
  TraceState AS state,
  SpanKind AS kind,
  StatusCode IN ('Error', 'STATUS_CODE_ERROR') AS failed,
  SpanAttributes AS attributes,
  ResourceAttributes AS resource,
  if(ResourceAttributes['user_agent.name'] != '', ResourceAttributes['user_agent.name'], like_browser) AS told_browser,
  if(ResourceAttributes['user_agent.name'] != '', splitByChar('.', ResourceAttributes['user_agent.version'])[1],
    extract(told, '^\\w+[|](\\d+)$')) AS told_version,
  arrayMap((key, value) -> concat(substring(key, 24), '=', value), mapKeys(assigned), mapValues(assigned)) AS variants
FROM otel_traces
WHERE known OR name != '' OR SpanAttributes['throughline.event.seq'] != '';
