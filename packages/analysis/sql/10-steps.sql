-- What a run did, step by step: its enters, and what became of each visit (ready, leave).
--
-- For every narrow table: a view that throws would stop ingest for everyone, so none can. Run ids that are no UUID
-- are left out, numbers that are none become 0 or NULL, and there are no partitions (an insert that touches too many of them
-- fails). `day` is the day the run started, from its UUIDv7, if that lies at most 400 days before and three days after
-- the span, else the day it was seen. Rows may arrive twice: merges drop copies, queries do not rely on it.
--
-- A store of an older release gets the columns that it lacks from ALTER TABLE; what it holds gets their default values.
--
-- `visit` stands for throughline.visit.id, as a hash: the id of the visit's enter event, so an enter of version 1 of the wire contract,
-- which names no visit, has one as well. 0 elsewhere: a span of version 1, which is told by step and attempt.
-- `visit_index` is 0 where there is none (version 1, and what a server entered), as is `visit_after`.
CREATE TABLE IF NOT EXISTS throughline_steps (
  journey LowCardinality(String),
  kind LowCardinality(String),
  day Date,
  run_id UUID,
  time DateTime64(6, 'UTC'),
  event UInt64,
  version LowCardinality(String),
  step LowCardinality(String),
  attempt UInt16,
  server Bool,
  subject String,
  outcome LowCardinality(String),
  ready_ms Nullable(Float64),
  duration_ms Float64,
  device LowCardinality(String),
  network LowCardinality(String),
  country LowCardinality(String),
  hypotheses Map(LowCardinality(String), LowCardinality(String)),
  visit UInt64 DEFAULT if(kind = 'enter', event, 0),
  visit_index UInt32,
  visit_after UInt32,
  session UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (journey, kind, day, run_id, time, event);

ALTER TABLE throughline_steps
  ADD COLUMN IF NOT EXISTS visit UInt64 DEFAULT if(kind = 'enter', event, 0),
  ADD COLUMN IF NOT EXISTS visit_index UInt32,
  ADD COLUMN IF NOT EXISTS visit_after UInt32,
  ADD COLUMN IF NOT EXISTS session UInt64;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_steps_view TO throughline_steps AS
WITH
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run, 'UTC')) AS started,
  intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) AS seen,
  arrayFilter(key -> startsWith(key, 'throughline.hypothesis.'), mapKeys(SpanAttributes)) AS assigned,
  toFloat64OrNull(SpanAttributes['throughline.step.ready_ms']) AS ready
SELECT
  SpanAttributes['throughline.journey.name'] AS journey,
  substring(SpanName, 18) AS kind,
  toDate(intDiv(if(started BETWEEN seen - 34560000000 AND seen + 259200000, started, seen), 1000), 'UTC') AS day,
  run AS run_id,
  Timestamp AS time,
  cityHash64(if(SpanAttributes['throughline.event.id'] != '', SpanAttributes['throughline.event.id'],
    concat(TraceId, SpanId))) AS event,
  SpanAttributes['throughline.journey.version'] AS version,
  SpanAttributes['throughline.step.name'] AS step,
  greatest(toUInt16OrZero(SpanAttributes['throughline.step.attempt']), 1) AS attempt,
  SpanAttributes['throughline.event.source'] = 'server' AS server,
  SpanAttributes['throughline.subject.id'] AS subject,
  SpanAttributes['throughline.step.outcome'] AS outcome,
  if(isFinite(ready) AND ready >= 0, ready, NULL) AS ready_ms,
  Duration / 1e6 AS duration_ms,
  trim(concat(
    multiIf(ResourceAttributes['browser.mobile'] = 'true', 'mobile', ResourceAttributes['browser.mobile'] = 'false', 'desktop', ''),
    ' ', ResourceAttributes['browser.platform'])) AS device,
  ResourceAttributes['network.connection.type'] AS network,
  ResourceAttributes['geo.country.iso_code'] AS country,
  mapFromArrays(arrayMap(key -> substring(key, 24), assigned), arrayMap(key -> SpanAttributes[key], assigned)) AS hypotheses,
  multiIf(SpanAttributes['throughline.visit.id'] != '', cityHash64(SpanAttributes['throughline.visit.id']),
    kind = 'enter', event, 0) AS visit,
  if(server, 0, toUInt32OrZero(SpanAttributes['throughline.visit.index'])) AS visit_index,
  if(server, toUInt32OrZero(SpanAttributes['throughline.visit.after']), 0) AS visit_after,
  if(ResourceAttributes['session.id'] != '', cityHash64(ResourceAttributes['session.id']), 0) AS session
FROM otel_traces
WHERE SpanName IN ('throughline.step.enter', 'throughline.step.ready', 'throughline.step.leave')
  AND run != toUUID('00000000-0000-0000-0000-000000000000');
