CREATE DATABASE IF NOT EXISTS throughline_shard ON CLUSTER 'throughline';

CREATE DATABASE IF NOT EXISTS throughline ON CLUSTER 'throughline';

-- Spans, in the table that the OpenTelemetry Collector's ClickHouse exporter (v0.161) creates and fills: the same
-- columns, in the same order, so that both roads end in one place. Keep it as the exporter has it.
CREATE TABLE IF NOT EXISTS throughline_shard.otel_traces ON CLUSTER 'throughline' (
  Timestamp DateTime64(9) CODEC(Delta, ZSTD(1)),
  TraceId String CODEC(ZSTD(1)),
  SpanId String CODEC(ZSTD(1)),
  ParentSpanId String CODEC(ZSTD(1)),
  TraceState String CODEC(ZSTD(1)),
  SpanName LowCardinality(String) CODEC(ZSTD(1)),
  SpanKind LowCardinality(String) CODEC(ZSTD(1)),
  ServiceName LowCardinality(String) CODEC(ZSTD(1)),
  ResourceAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  ScopeName String CODEC(ZSTD(1)),
  ScopeVersion String CODEC(ZSTD(1)),
  SpanAttributes Map(LowCardinality(String), String) CODEC(ZSTD(1)),
  Duration UInt64 CODEC(ZSTD(1)),
  StatusCode LowCardinality(String) CODEC(ZSTD(1)),
  StatusMessage String CODEC(ZSTD(1)),
  Events Nested (
    Timestamp DateTime64(9),
    Name LowCardinality(String),
    Attributes Map(LowCardinality(String), String)
  ) CODEC(ZSTD(1)),
  Links Nested (
    TraceId String,
    SpanId String,
    TraceState String,
    Attributes Map(LowCardinality(String), String)
  ) CODEC(ZSTD(1)),
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX idx_res_attr_key mapKeys(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_res_attr_value mapValues(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_span_attr_key mapKeys(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_span_attr_value mapValues(SpanAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_duration Duration TYPE minmax GRANULARITY 1
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toDate(Timestamp)
ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))
SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1;

-- Log records, in the table that the OpenTelemetry Collector's ClickHouse exporter (v0.161) creates and fills: the
-- same columns, in the same order. The indexes are those for servers before 26.2, which newer ones take as well.
CREATE TABLE IF NOT EXISTS throughline_shard.otel_logs ON CLUSTER 'throughline' (
  Timestamp DateTime64(9) COMMENT 'Event timestamp with nanosecond precision' CODEC(Delta(8), ZSTD(1)),
  TraceId String COMMENT 'W3C trace identifier' CODEC(ZSTD(1)),
  SpanId String COMMENT 'W3C span identifier' CODEC(ZSTD(1)),
  TraceFlags UInt8 COMMENT 'W3C trace flags',
  SeverityText LowCardinality(String) COMMENT 'Log severity as text' CODEC(ZSTD(1)),
  SeverityNumber UInt8 COMMENT 'Log severity as number (1-24)',
  ServiceName LowCardinality(String) COMMENT 'Service that emitted the log' CODEC(ZSTD(1)),
  Body String COMMENT 'Log message body' CODEC(ZSTD(1)),
  ResourceSchemaUrl LowCardinality(String) COMMENT 'Schema URL for the resource' CODEC(ZSTD(1)),
  ResourceAttributes Map(LowCardinality(String), String) COMMENT 'Resource attributes as key-value pairs' CODEC(ZSTD(1)),
  ScopeSchemaUrl LowCardinality(String) COMMENT 'Schema URL for the instrumentation scope' CODEC(ZSTD(1)),
  ScopeName String COMMENT 'Instrumentation scope name' CODEC(ZSTD(1)),
  ScopeVersion LowCardinality(String) COMMENT 'Instrumentation scope version' CODEC(ZSTD(1)),
  ScopeAttributes Map(LowCardinality(String), String) COMMENT 'Instrumentation scope attributes' CODEC(ZSTD(1)),
  LogAttributes Map(LowCardinality(String), String) COMMENT 'Log record attributes' CODEC(ZSTD(1)),
  EventName String COMMENT 'Event name for log records representing events' CODEC(ZSTD(1)),
  `__otel_materialized_k8s.cluster.name` LowCardinality(String) MATERIALIZED ResourceAttributes['k8s.cluster.name'] CODEC(ZSTD(1)),
  `__otel_materialized_k8s.container.name` LowCardinality(String) MATERIALIZED ResourceAttributes['k8s.container.name'] CODEC(ZSTD(1)),
  `__otel_materialized_k8s.deployment.name` LowCardinality(String) MATERIALIZED ResourceAttributes['k8s.deployment.name'] CODEC(ZSTD(1)),
  `__otel_materialized_k8s.namespace.name` LowCardinality(String) MATERIALIZED ResourceAttributes['k8s.namespace.name'] CODEC(ZSTD(1)),
  `__otel_materialized_k8s.node.name` LowCardinality(String) MATERIALIZED ResourceAttributes['k8s.node.name'] CODEC(ZSTD(1)),
  `__otel_materialized_k8s.pod.name` LowCardinality(String) MATERIALIZED ResourceAttributes['k8s.pod.name'] CODEC(ZSTD(1)),
  `__otel_materialized_k8s.pod.uid` LowCardinality(String) MATERIALIZED ResourceAttributes['k8s.pod.uid'] CODEC(ZSTD(1)),
  `__otel_materialized_deployment.environment.name` LowCardinality(String) MATERIALIZED ResourceAttributes['deployment.environment.name'] CODEC(ZSTD(1)),
  INDEX idx_trace_id TraceId TYPE bloom_filter(0.001) GRANULARITY 1,
  INDEX idx_res_attr_key mapKeys(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_res_attr_value mapValues(ResourceAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_scope_attr_key mapKeys(ScopeAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_scope_attr_value mapValues(ScopeAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_log_attr_key mapKeys(LogAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_log_attr_value mapValues(LogAttributes) TYPE bloom_filter(0.01) GRANULARITY 1,
  INDEX idx_lower_body lower(Body) TYPE tokenbf_v1(32768, 3, 0) GRANULARITY 8
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toDate(Timestamp)
ORDER BY (toStartOfFiveMinutes(Timestamp), ServiceName, Timestamp)
SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1;

-- Which version of the tables below is here: the largest. `throughline schema` and `throughline dev` bring an older
-- one up to date.
CREATE TABLE IF NOT EXISTS throughline_shard.throughline_schema ON CLUSTER 'throughline' (
  version UInt32,
  at DateTime DEFAULT now()
)
ENGINE = ReplicatedMergeTree('/clickhouse/tables/all/{database}/{table}', '{shard}-{replica}')
ORDER BY version;

-- What a span says about a journey, read once and passed on: nothing is kept here. Every view below takes its rows
-- from this table, so that ids, times and days are read in one place, and so that one INSERT from otel_traces fills
-- every table.
CREATE TABLE IF NOT EXISTS throughline_shard.throughline_events ON CLUSTER 'throughline' (
  name LowCardinality(String),
  journey LowCardinality(String),
  version LowCardinality(String),
  run_id UUID,
  -- The day that the run started.
  day Date,
  -- Microseconds since the epoch.
  time Int64,
  event UInt64,
  -- The visit that the span belongs to; 0 if it names none.
  visit UInt64,
  step LowCardinality(String),
  attempt UInt16,
  server Bool,
  subject String,
  duration_ms Float64,
  service LowCardinality(String),
  trace String,
  span String,
  parent String,
  state String,
  kind LowCardinality(String),
  failed Bool,
  attributes Map(LowCardinality(String), String),
  resource Map(LowCardinality(String), String),
  -- Of the page: the browser's name, and its major version.
  told_browser LowCardinality(String),
  told_version LowCardinality(String),
  -- `hypothesis=variant`, as assigned.
  variants Array(String)
)
ENGINE = Null;

ALTER TABLE throughline_shard.throughline_events ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS told_browser LowCardinality(String);

ALTER TABLE throughline_shard.throughline_events ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS told_version LowCardinality(String);

ALTER TABLE throughline_shard.throughline_events ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS variants Array(String);

-- Those of the events above that are few. Their views stand behind one filter, so that a span of another name costs
-- none of them anything, and an insert without a row for a view does not even look at its query.
CREATE TABLE IF NOT EXISTS throughline_shard.throughline_rare_events ON CLUSTER 'throughline' AS throughline_shard.throughline_events
ENGINE = Null;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_shard.throughline_rare_events_view ON CLUSTER 'throughline' TO throughline_shard.throughline_rare_events AS
SELECT *
FROM throughline_shard.throughline_events
WHERE name IN ('throughline.run.end', 'throughline.exposure', 'throughline.delivery', 'throughline.alias',
  'throughline.mark', 'exception');

-- One row a visit: a stay on a step, which everything else asks. Its id is that of its enter event.
--
-- Spans arrive in any order, several times, in any number of inserts, so every column is the smallest, the largest or
-- the set of what was seen: the same whatever the order. A visit has one enter; what is not known yet must not win,
-- so an unknown time is `far`.
--
-- A ready or leave of version 1 names no visit. It is kept under the hash of its step and attempt, as a row that has
-- no `entered`, and goes to the visit of its run with the same step and attempt when somebody asks
-- (sql/ask/paths.sql).
CREATE TABLE IF NOT EXISTS throughline_shard.throughline_visits ON CLUSTER 'throughline' (
  journey LowCardinality(String),
  day Date,
  run_id UUID,
  visit UInt64,
  version SimpleAggregateFunction(max, LowCardinality(String)),
  step SimpleAggregateFunction(max, LowCardinality(String)),
  attempt SimpleAggregateFunction(max, UInt16),
  -- Microseconds since the epoch; 9223372036854775807 if no enter arrived.
  entered SimpleAggregateFunction(min, Int64),
  -- throughline.visit.index; 0 if it has none.
  number SimpleAggregateFunction(max, UInt32),
  -- throughline.visit.after; 0 if it has none.
  behind SimpleAggregateFunction(max, UInt32),
  server SimpleAggregateFunction(max, UInt8),
  subject SimpleAggregateFunction(max, String),
  device SimpleAggregateFunction(max, LowCardinality(String)),
  network SimpleAggregateFunction(max, LowCardinality(String)),
  country SimpleAggregateFunction(max, LowCardinality(String)),
  -- ms from the start of the visit; inf if the step was never ready.
  ready_ms SimpleAggregateFunction(min, Float64),
  ready_source SimpleAggregateFunction(max, LowCardinality(String)),
  -- When it was left; 9223372036854775807 if nothing said so.
  left SimpleAggregateFunction(min, Int64),
  outcome SimpleAggregateFunction(max, LowCardinality(String)),
  -- `hypothesis=variant`, as assigned.
  variants SimpleAggregateFunction(groupUniqArrayArray, Array(String)),
  -- user_agent.synthetic.type of the page: bot, test.
  synthetic SimpleAggregateFunction(max, LowCardinality(String)),
  -- How far its enter was ahead of the receiver's clock when it arrived; 0 for less than a minute.
  ahead_ms SimpleAggregateFunction(max, UInt32),
  -- Of the page that entered it (or the server): what runs are told apart by. Of a version, the part before the dot.
  browser SimpleAggregateFunction(max, LowCardinality(String)),
  browser_version SimpleAggregateFunction(max, LowCardinality(String)),
  os SimpleAggregateFunction(max, LowCardinality(String)),
  language SimpleAggregateFunction(max, LowCardinality(String)),
  release SimpleAggregateFunction(max, LowCardinality(String))
)
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYYYYMM(day)
ORDER BY (journey, day, run_id, visit);

ALTER TABLE throughline_shard.throughline_visits ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS synthetic SimpleAggregateFunction(max, LowCardinality(String));

ALTER TABLE throughline_shard.throughline_visits ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS ahead_ms SimpleAggregateFunction(max, UInt32);

ALTER TABLE throughline_shard.throughline_visits ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS browser SimpleAggregateFunction(max, LowCardinality(String));

ALTER TABLE throughline_shard.throughline_visits ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS browser_version SimpleAggregateFunction(max, LowCardinality(String));

ALTER TABLE throughline_shard.throughline_visits ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS os SimpleAggregateFunction(max, LowCardinality(String));

ALTER TABLE throughline_shard.throughline_visits ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS language SimpleAggregateFunction(max, LowCardinality(String));

ALTER TABLE throughline_shard.throughline_visits ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS release SimpleAggregateFunction(max, LowCardinality(String));

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_shard.throughline_visits_view ON CLUSTER 'throughline' TO throughline_shard.throughline_visits AS
WITH
  name = 'throughline.step.enter' AS enters,
  name = 'throughline.step.leave' AS leaves,
  toFloat64OrNull(attributes['throughline.step.ready_ms']) AS ready,
  toLowCardinality(resource['user_agent.original']) AS agent,
  -- A phone with Android says Linux as well, one with iOS Mac OS.
  coalesce(nullIf(extract(agent, 'Android|iPhone|iPad'), ''), extract(agent, 'Windows|Mac OS|CrOS|Linux')) AS system,
  multiIf(system IN ('iPhone', 'iPad'), 'iOS', system = 'Mac OS', 'macOS', system) AS told_system
SELECT
  journey,
  day,
  run_id,
  multiIf(visit != 0, visit, enters, event, cityHash64(toString(step), attempt)) AS visit,
  version,
  step,
  attempt,
  if(enters, time, 9223372036854775807) AS entered,
  if(enters, toUInt32OrZero(attributes['throughline.visit.index']), 0) AS number,
  if(enters AND number = 0, toUInt32OrZero(attributes['throughline.visit.after']), 0) AS behind,
  enters AND server AS server,
  subject,
  trim(concat(
    multiIf(resource['browser.mobile'] = 'true', 'mobile', resource['browser.mobile'] = 'false', 'desktop', ''),
    ' ', resource['browser.platform'])) AS device,
  resource['network.connection.type'] AS network,
  resource['geo.country.iso_code'] AS country,
  if(name = 'throughline.step.ready' AND isFinite(ready) AND ready >= 0, assumeNotNull(ready), inf) AS ready_ms,
  attributes['throughline.step.ready_source'] AS ready_source,
  if(leaves, time + toInt64(duration_ms * 1000), 9223372036854775807) AS left,
  if(leaves, attributes['throughline.step.outcome'], '') AS outcome,
  variants,
  resource['user_agent.synthetic.type'] AS synthetic,
  if(enters, toUInt32OrZero(attributes['throughline.event.ahead_ms']), 0) AS ahead_ms,
  if(enters, told_browser, '') AS browser,
  if(enters, told_version, '') AS browser_version,
  if(enters, coalesce(
    nullIf(resource['user_agent.os.name'], ''), nullIf(resource['browser.platform'], ''), nullIf(told_system, ''), resource['os.name']), '') AS os,
  if(enters, resource['browser.language'], '') AS language,
  if(enters, resource['service.version'], '') AS release
FROM throughline_shard.throughline_events
WHERE name IN ('throughline.step.enter', 'throughline.step.ready', 'throughline.step.leave');

-- How runs ended: one row a fact, by browser or server. The same fact may be reported many times; it happened when it
-- was first dated.
CREATE TABLE IF NOT EXISTS throughline_shard.throughline_outcomes ON CLUSTER 'throughline' (
  journey LowCardinality(String),
  day Date,
  run_id UUID,
  server Bool,
  outcome LowCardinality(String),
  -- The id that version 1 gave the fact, if it has one, else its own.
  fact UInt64,
  -- Microseconds since the epoch.
  date SimpleAggregateFunction(min, Int64),
  -- When a report of it first had a value, the value, the currency; the time is 9223372036854775807 if none had one.
  worth SimpleAggregateFunction(min, Tuple(Int64, Float64, String)),
  reason SimpleAggregateFunction(max, String),
  subject SimpleAggregateFunction(max, String),
  -- The visit that it is about; 0 if it names none.
  visit SimpleAggregateFunction(max, UInt64),
  step SimpleAggregateFunction(max, LowCardinality(String)),
  attempt SimpleAggregateFunction(max, UInt16)
)
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYYYYMM(day)
ORDER BY (journey, day, run_id, server, outcome, fact);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_shard.throughline_outcomes_view ON CLUSTER 'throughline' TO throughline_shard.throughline_outcomes AS
WITH
  toInt64OrZero(attributes['throughline.run.outcome_at']) AS given,
  toFloat64OrNull(attributes['throughline.conversion.value']) AS given_value,
  attributes['throughline.event.legacy_id'] AS legacy
SELECT
  journey,
  day,
  run_id,
  server,
  attributes['throughline.run.outcome'] AS outcome,
  if(legacy != '', cityHash64(legacy), event) AS fact,
  if(given BETWEEN 1 AND 7258118400000, given * 1000, time) AS date,
  if(ifNull(isFinite(given_value), false),
    (time, assumeNotNull(given_value), attributes['throughline.conversion.currency']), (9223372036854775807, 0., '')) AS worth,
  attributes['throughline.run.end_reason'] AS reason,
  subject,
  visit,
  step,
  attempt
FROM throughline_shard.throughline_rare_events
WHERE name = 'throughline.run.end';

-- Web vitals and first interactions by visit. One measurement may be reported several times, growing: its largest
-- value counts.
CREATE TABLE IF NOT EXISTS throughline_shard.throughline_vitals ON CLUSTER 'throughline' (
  journey LowCardinality(String),
  day Date,
  run_id UUID,
  name LowCardinality(String),
  measurement UInt64,
  time DateTime64(6, 'UTC'),
  value Float64,
  navigation_type LowCardinality(String),
  step LowCardinality(String),
  attempt UInt16,
  visit UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYYYYMM(day)
ORDER BY (journey, day, run_id, name, measurement, time, value);

ALTER TABLE throughline_shard.throughline_vitals ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS visit UInt64;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_shard.throughline_vitals_view ON CLUSTER 'throughline' TO throughline_shard.throughline_vitals AS
WITH
  events.name = 'throughline.first_interaction' AS interacts,
  toFloat64OrNull(if(interacts, attributes['throughline.first_interaction.duration_ms'], attributes['browser.web_vital.value'])) AS measured
SELECT
  journey,
  day,
  run_id,
  if(interacts, 'first-interaction', attributes['browser.web_vital.name']) AS name,
  if(attributes['browser.web_vital.id'] != '', cityHash64(attributes['browser.web_vital.id']),
    if(interacts, event, cityHash64(concat(trace, span)))) AS measurement,
  fromUnixTimestamp64Micro(events.time, 'UTC') AS time,
  assumeNotNull(measured) AS value,
  attributes['browser.web_vital.navigation_type'] AS navigation_type,
  step,
  attempt,
  visit
FROM throughline_shard.throughline_events AS events
WHERE events.name IN ('browser.web_vital', 'throughline.first_interaction')
  AND ifNull(isFinite(measured) AND measured >= 0, false);

-- Errors by visit. What gave an error no fingerprint is told apart by its type and message without what looks like an
-- id (UUIDs, long hex and decimal numbers).
CREATE TABLE IF NOT EXISTS throughline_shard.throughline_errors ON CLUSTER 'throughline' (
  journey LowCardinality(String),
  day Date,
  run_id UUID,
  time DateTime64(6, 'UTC'),
  event UInt64,
  fingerprint String,
  type LowCardinality(String),
  message String,
  handled Bool,
  count UInt32,
  service LowCardinality(String),
  step LowCardinality(String),
  attempt UInt16,
  visit UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYYYYMM(day)
ORDER BY (journey, day, run_id, time, event);

ALTER TABLE throughline_shard.throughline_errors ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS visit UInt64;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_shard.throughline_errors_view ON CLUSTER 'throughline' TO throughline_shard.throughline_errors AS
SELECT
  journey,
  day,
  run_id,
  fromUnixTimestamp64Micro(events.time, 'UTC') AS time,
  event,
  if(attributes['throughline.error.fingerprint'] != '', attributes['throughline.error.fingerprint'],
    lower(hex(cityHash64(attributes['exception.type'],
      replaceRegexpAll(attributes['exception.message'], '(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\\b[0-9a-f]{24,}\\b|\\b\\d{5,}\\b', ':id'))))) AS fingerprint,
  attributes['exception.type'] AS type,
  substringUTF8(attributes['exception.message'], 1, 300) AS message,
  attributes['throughline.error.handled'] = 'true' AS handled,
  greatest(toUInt32OrZero(attributes['throughline.error.count']), 1) AS count,
  service,
  step,
  attempt,
  visit
FROM throughline_shard.throughline_rare_events AS events
WHERE name = 'exception';

-- Requests made for a run: what servers answered, and the browser's side of it, which shows how far their clocks are
-- apart. `request` is the same for both sides of one request; `weight` is for how many requests it stands.
CREATE TABLE IF NOT EXISTS throughline_shard.throughline_calls ON CLUSTER 'throughline' (
  journey LowCardinality(String),
  server Bool,
  day Date,
  run_id UUID,
  time DateTime64(6, 'UTC'),
  span UInt64,
  request UInt64,
  duration_ms Float64,
  service LowCardinality(String),
  endpoint LowCardinality(String),
  failed Bool,
  weight Float64,
  step LowCardinality(String),
  attempt UInt16,
  visit UInt64
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYYYYMM(day)
ORDER BY (journey, server, day, run_id, time, span);

ALTER TABLE throughline_shard.throughline_calls ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS visit UInt64;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_shard.throughline_calls_view ON CLUSTER 'throughline' TO throughline_shard.throughline_calls AS
WITH
  kind IN ('Server', 'SPAN_KIND_SERVER') AS answered,
  coalesce(nullIf(attributes['http.request.method'], ''), attributes['http.method']) AS method,
  coalesce(nullIf(attributes['http.response.status_code'], ''), attributes['http.status_code']) AS status,
  -- OpenTelemetry's consistent probability: a span stands for 2^56 / (2^56 - threshold) spans.
  rightPad(extract(state, 'ot=(?:[^,]*;)?th:([0-9a-f]{1,14})'), 14, '0') AS threshold,
  -- A collector that samples keeps whole runs from these digits on; of others only what failed or was slow, which
  -- stands for nothing: who of them made other calls is not known.
  rightPad(extract(attributes['throughline.run.threshold'], '^[0-9a-f]{1,14}$'), 14, '0') AS whole_from,
  right(replaceAll(toString(run_id), '-', ''), 14) >= whole_from AS whole,
  -- A run may have been drawn twice, by its servers and by the collector, and by the same digits.
  reinterpretAsUInt64(reverse(unhex(concat('00', greatest(threshold, whole_from))))) AS rejected
SELECT
  journey,
  answered AS server,
  day,
  run_id,
  fromUnixTimestamp64Micro(events.time, 'UTC') AS time,
  cityHash64(trace, events.span) AS span,
  cityHash64(trace, if(answered, parent, events.span)) AS request,
  duration_ms,
  service,
  if(attributes['http.route'] != '', trim(concat(method, ' ', attributes['http.route'])),
    -- Without a route, a name may hold ids: then one endpoint would be many.
    replaceRegexpAll(toString(name), '(?i)[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}|\\b[0-9a-f]{24,}\\b|\\b\\d{5,}\\b', ':id')) AS endpoint,
  events.failed OR toUInt16OrZero(status) >= 500 AS failed,
  if(whole, 72057594037927936. / (72057594037927936. - toFloat64(rejected)), 0.) AS weight,
  step,
  attempt,
  visit
FROM throughline_shard.throughline_events AS events
WHERE run_id != toUUID('00000000-0000-0000-0000-000000000000')
  AND (answered OR (kind IN ('Client', 'SPAN_KIND_CLIENT')
    AND (resource['telemetry.sdk.language'] = 'webjs' OR mapContains(resource, 'browser.mobile')
      OR mapContains(resource, 'browser.platform'))));

-- Who met which variant, and when.
CREATE TABLE IF NOT EXISTS throughline_shard.throughline_exposures ON CLUSTER 'throughline' (
  hypothesis LowCardinality(String),
  day Date,
  run_id UUID,
  time DateTime64(6, 'UTC'),
  event UInt64,
  variant LowCardinality(String),
  subject String,
  journey LowCardinality(String)
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYYYYMM(day)
ORDER BY (hypothesis, day, run_id, time, event);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_shard.throughline_exposures_view ON CLUSTER 'throughline' TO throughline_shard.throughline_exposures AS
SELECT
  attributes['throughline.exposure.hypothesis'] AS hypothesis,
  day,
  run_id,
  fromUnixTimestamp64Micro(events.time, 'UTC') AS time,
  event,
  attributes['throughline.exposure.variant'] AS variant,
  subject,
  journey
FROM throughline_shard.throughline_rare_events AS events
WHERE name = 'throughline.exposure';

-- What became of each page's events (or of a server instance's): what it says itself, and which of them are here.
-- The counts are cumulative: the account with the largest `emitted` is the latest.
CREATE TABLE IF NOT EXISTS throughline_shard.throughline_deliveries ON CLUSTER 'throughline' (
  day Date,
  page String,
  emitted UInt64,
  delivered UInt64,
  dropped UInt64,
  pending UInt64,
  retried UInt64,
  recovered UInt64,
  refused UInt64,
  -- JSON: how many events were refused for each reason.
  refused_for String,
  errors_ignored UInt64,
  -- Of a server instance, by a server's word.
  server Bool
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYYYYMM(day)
ORDER BY (day, page, emitted, delivered, dropped, pending, retried, recovered);

ALTER TABLE throughline_shard.throughline_deliveries ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS refused UInt64;

ALTER TABLE throughline_shard.throughline_deliveries ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS refused_for String;

ALTER TABLE throughline_shard.throughline_deliveries ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS errors_ignored UInt64;

ALTER TABLE throughline_shard.throughline_deliveries ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS server Bool;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_shard.throughline_deliveries_view ON CLUSTER 'throughline' TO throughline_shard.throughline_deliveries AS
SELECT
  toDate(intDiv(time, 1000000), 'UTC') AS day,
  if(attributes['throughline.page.id'] != '', attributes['throughline.page.id'], resource['service.instance.id']) AS page,
  toUInt64OrZero(attributes['throughline.delivery.emitted']) AS emitted,
  toUInt64OrZero(attributes['throughline.delivery.delivered']) AS delivered,
  toUInt64OrZero(attributes['throughline.delivery.dropped']) AS dropped,
  toUInt64OrZero(attributes['throughline.delivery.pending']) AS pending,
  toUInt64OrZero(attributes['throughline.delivery.retried']) AS retried,
  toUInt64OrZero(attributes['throughline.delivery.recovered']) AS recovered,
  toUInt64OrZero(attributes['throughline.delivery.refused']) AS refused,
  substringUTF8(attributes['throughline.delivery.refused_for'], 1, 4000) AS refused_for,
  toUInt64OrZero(attributes['throughline.error.ignored']) AS errors_ignored,
  server
FROM throughline_shard.throughline_rare_events
WHERE name = 'throughline.delivery' AND page != '';

-- The numbers (throughline.event.seq) of the page's events that arrived: what is missing among them was lost, or is
-- on the way.
CREATE TABLE IF NOT EXISTS throughline_shard.throughline_pages ON CLUSTER 'throughline' (
  page String,
  day Date,
  numbers SimpleAggregateFunction(groupUniqArrayArray, Array(UInt32)),
  -- The same numbers, each with the journey and step that its event is about: number << 32, and a hash of 32 bits.
  places SimpleAggregateFunction(groupUniqArrayArray, Array(UInt64)),
  browser SimpleAggregateFunction(max, LowCardinality(String)),
  -- `hypothesis=variant`, as assigned.
  variants SimpleAggregateFunction(groupUniqArrayArray, Array(String))
)
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYYYYMM(day)
ORDER BY (page, day);

ALTER TABLE throughline_shard.throughline_pages ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS places SimpleAggregateFunction(groupUniqArrayArray, Array(UInt64));

ALTER TABLE throughline_shard.throughline_pages ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS browser SimpleAggregateFunction(max, LowCardinality(String));

ALTER TABLE throughline_shard.throughline_pages ON CLUSTER 'throughline' ADD COLUMN IF NOT EXISTS variants SimpleAggregateFunction(groupUniqArrayArray, Array(String));

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_shard.throughline_pages_view ON CLUSTER 'throughline' TO throughline_shard.throughline_pages AS
SELECT
  attributes['throughline.page.id'] AS page,
  toDate(intDiv(time, 1000000), 'UTC') AS day,
  [toUInt32OrZero(attributes['throughline.event.seq'])] AS numbers,
  [bitShiftLeft(toUInt64(numbers[1]), 32) + toUInt32(cityHash64(concat(journey, ' ', step)))] AS places,
  trim(concat(told_browser, ' ', told_version)) AS browser,
  variants
FROM throughline_shard.throughline_events
WHERE page != '' AND name != 'throughline.delivery' AND toUInt32OrZero(attributes['throughline.event.seq']) > 0;

-- Which anonymous subject became which known one.
CREATE TABLE IF NOT EXISTS throughline_shard.throughline_aliases ON CLUSTER 'throughline' (
  previous String,
  time Int64,
  event UInt64,
  known String,
  run_id UUID,
  server Bool,
  session String
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
ORDER BY (previous, time, event, known);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_shard.throughline_aliases_view ON CLUSTER 'throughline' TO throughline_shard.throughline_aliases AS
SELECT
  attributes['throughline.subject.previous'] AS previous,
  time,
  event,
  subject AS known,
  run_id,
  server,
  resource['session.id'] AS session
FROM throughline_shard.throughline_rare_events
WHERE name = 'throughline.alias' AND previous != '' AND known != '' AND previous != known;

-- In which runs and sessions each subject was seen: what a browser says of an alias is believed only there.
CREATE TABLE IF NOT EXISTS throughline_shard.throughline_subjects ON CLUSTER 'throughline' (
  subject String,
  run_id UUID,
  session String
)
ENGINE = ReplicatedReplacingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
ORDER BY (subject, run_id, session);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_shard.throughline_subjects_view ON CLUSTER 'throughline' TO throughline_shard.throughline_subjects AS
SELECT subject, run_id, resource['session.id'] AS session
FROM throughline_shard.throughline_events
WHERE name IN ('throughline.step.enter', 'throughline.exposure', 'throughline.run.end') AND subject != '';

-- What happened when: deploys and incidents. Only what a server says is kept: anyone could forge an incident.
CREATE TABLE IF NOT EXISTS throughline_shard.throughline_marks ON CLUSTER 'throughline' (
  day Date,
  -- Microseconds since the epoch.
  time Int64,
  event UInt64,
  kind SimpleAggregateFunction(max, LowCardinality(String)),
  label SimpleAggregateFunction(max, String),
  -- When an incident ended; 0 for a moment, or while it goes on. It may be marked again once that is known.
  ended SimpleAggregateFunction(max, Int64)
)
ENGINE = ReplicatedAggregatingMergeTree('/clickhouse/tables/{shard}/{database}/{table}', '{replica}')
PARTITION BY toYYYYMM(day)
ORDER BY (day, time, event);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_shard.throughline_marks_view ON CLUSTER 'throughline' TO throughline_shard.throughline_marks AS
SELECT
  day,
  time,
  event,
  attributes['throughline.mark.kind'] AS kind,
  substringUTF8(attributes['throughline.mark.label'], 1, 200) AS label,
  toInt64OrZero(attributes['throughline.mark.end']) * 1000 AS ended
FROM throughline_shard.throughline_rare_events
WHERE name = 'throughline.mark' AND server AND kind IN ('deploy', 'incident');

-- Reads spans for every view above. It comes last, so that no table misses a row that another has.
--
-- A view that throws would stop ingest for everyone, so none can: ids that are no UUID become zero, numbers that are
-- none become 0 or NULL, and there are no partitions (an insert that touches too many of them fails). `day` is the
-- day the run started, from its UUIDv7, if that lies at most 400 days before and three days after the span, else the
-- day it was seen. Events outside of any run (an error on a page without steps) are counted among those of their page
-- alone: they have no name here, so no other view takes them.
CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_shard.throughline_events_view ON CLUSTER 'throughline' TO throughline_shard.throughline_events AS
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
FROM throughline_shard.otel_traces
WHERE known OR name != '' OR SpanAttributes['throughline.event.seq'] != '';

INSERT INTO throughline_shard.throughline_schema (version) VALUES (6);

CREATE TABLE IF NOT EXISTS throughline.otel_traces ON CLUSTER 'throughline' AS throughline_shard.otel_traces
ENGINE = Distributed('throughline', 'throughline_shard', 'otel_traces', cityHash64(if(SpanAttributes['throughline.run.id'] != '', SpanAttributes['throughline.run.id'], TraceId)));

CREATE TABLE IF NOT EXISTS throughline.otel_logs ON CLUSTER 'throughline' AS throughline_shard.otel_logs
ENGINE = Distributed('throughline', 'throughline_shard', 'otel_logs', cityHash64(TraceId, Timestamp));

CREATE TABLE IF NOT EXISTS throughline.throughline_schema ON CLUSTER 'throughline' AS throughline_shard.throughline_schema
ENGINE = Distributed('throughline', 'throughline_shard', 'throughline_schema');

CREATE TABLE IF NOT EXISTS throughline.throughline_visits ON CLUSTER 'throughline' AS throughline_shard.throughline_visits
ENGINE = Distributed('throughline', 'throughline_shard', 'throughline_visits');

CREATE TABLE IF NOT EXISTS throughline.throughline_outcomes ON CLUSTER 'throughline' AS throughline_shard.throughline_outcomes
ENGINE = Distributed('throughline', 'throughline_shard', 'throughline_outcomes');

CREATE TABLE IF NOT EXISTS throughline.throughline_vitals ON CLUSTER 'throughline' AS throughline_shard.throughline_vitals
ENGINE = Distributed('throughline', 'throughline_shard', 'throughline_vitals');

CREATE TABLE IF NOT EXISTS throughline.throughline_errors ON CLUSTER 'throughline' AS throughline_shard.throughline_errors
ENGINE = Distributed('throughline', 'throughline_shard', 'throughline_errors');

CREATE TABLE IF NOT EXISTS throughline.throughline_calls ON CLUSTER 'throughline' AS throughline_shard.throughline_calls
ENGINE = Distributed('throughline', 'throughline_shard', 'throughline_calls');

CREATE TABLE IF NOT EXISTS throughline.throughline_exposures ON CLUSTER 'throughline' AS throughline_shard.throughline_exposures
ENGINE = Distributed('throughline', 'throughline_shard', 'throughline_exposures');

CREATE TABLE IF NOT EXISTS throughline.throughline_deliveries ON CLUSTER 'throughline' AS throughline_shard.throughline_deliveries
ENGINE = Distributed('throughline', 'throughline_shard', 'throughline_deliveries');

CREATE TABLE IF NOT EXISTS throughline.throughline_pages ON CLUSTER 'throughline' AS throughline_shard.throughline_pages
ENGINE = Distributed('throughline', 'throughline_shard', 'throughline_pages');

CREATE TABLE IF NOT EXISTS throughline.throughline_aliases ON CLUSTER 'throughline' AS throughline_shard.throughline_aliases
ENGINE = Distributed('throughline', 'throughline_shard', 'throughline_aliases');

CREATE TABLE IF NOT EXISTS throughline.throughline_subjects ON CLUSTER 'throughline' AS throughline_shard.throughline_subjects
ENGINE = Distributed('throughline', 'throughline_shard', 'throughline_subjects');

CREATE TABLE IF NOT EXISTS throughline.throughline_marks ON CLUSTER 'throughline' AS throughline_shard.throughline_marks
ENGINE = Distributed('throughline', 'throughline_shard', 'throughline_marks');
