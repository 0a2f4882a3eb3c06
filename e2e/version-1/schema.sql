-- The tables and views of the release before version 2 of the wire contract, as that release made them. Keep them as they are.

-- Spans, in the table that the OpenTelemetry Collector's ClickHouse exporter (v0.161) creates and fills: the same columns, in
-- the same order, so that both roads end in one place. Keep it as the exporter has it.
CREATE TABLE IF NOT EXISTS otel_traces (
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
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (ServiceName, SpanName, toDateTime(Timestamp))
SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1;

-- Log records, in the table that the OpenTelemetry Collector's ClickHouse exporter (v0.161) creates and fills: the same columns,
-- in the same order. The indexes are those for servers before 26.2, which newer ones take as well.
CREATE TABLE IF NOT EXISTS otel_logs (
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
ENGINE = MergeTree
PARTITION BY toDate(Timestamp)
ORDER BY (toStartOfFiveMinutes(Timestamp), ServiceName, Timestamp)
SETTINGS index_granularity = 8192, ttl_only_drop_parts = 1;

-- What a run did, step by step: its enters, and what became of each visit (ready, leave).
--
-- For every narrow table: a view that throws would stop ingest for everyone, so none can. Run ids that are no UUID
-- are left out, numbers that are none become 0 or NULL, and there are no partitions (an insert that touches too many of them
-- fails). `day` is the day the run started, from its UUIDv7, if that lies at most 31 days before and a day after
-- the span, else the day it was seen. Rows may arrive twice: merges drop copies, queries do not rely on it.
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
  hypotheses Map(LowCardinality(String), LowCardinality(String))
)
ENGINE = ReplacingMergeTree
ORDER BY (journey, kind, day, run_id, time, event);

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
  toDate(intDiv(if(started BETWEEN seen - 2678400000 AND seen + 86400000, started, seen), 1000), 'UTC') AS day,
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
  mapFromArrays(arrayMap(key -> substring(key, 24), assigned), arrayMap(key -> SpanAttributes[key], assigned)) AS hypotheses
FROM otel_traces
WHERE SpanName IN ('throughline.step.enter', 'throughline.step.ready', 'throughline.step.leave')
  AND run != toUUID('00000000-0000-0000-0000-000000000000');

-- Web vitals by visit. One measurement may be reported several times, growing: queries take its largest value.
CREATE TABLE IF NOT EXISTS throughline_vitals (
  journey LowCardinality(String),
  day Date,
  run_id UUID,
  name LowCardinality(String),
  measurement UInt64,
  time DateTime64(6, 'UTC'),
  value Float64,
  navigation_type LowCardinality(String),
  step LowCardinality(String),
  attempt UInt16
)
ENGINE = ReplacingMergeTree
ORDER BY (journey, day, run_id, name, measurement, time, value);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_vitals_view TO throughline_vitals AS
WITH
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run, 'UTC')) AS started,
  intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) AS seen,
  toFloat64OrNull(SpanAttributes['browser.web_vital.value']) AS measured
SELECT
  SpanAttributes['throughline.journey.name'] AS journey,
  toDate(intDiv(if(started BETWEEN seen - 2678400000 AND seen + 86400000, started, seen), 1000), 'UTC') AS day,
  run AS run_id,
  SpanAttributes['browser.web_vital.name'] AS name,
  cityHash64(if(SpanAttributes['browser.web_vital.id'] != '', SpanAttributes['browser.web_vital.id'],
    concat(TraceId, SpanId))) AS measurement,
  Timestamp AS time,
  assumeNotNull(measured) AS value,
  SpanAttributes['browser.web_vital.navigation_type'] AS navigation_type,
  SpanAttributes['throughline.step.name'] AS step,
  greatest(toUInt16OrZero(SpanAttributes['throughline.step.attempt']), 1) AS attempt
FROM otel_traces
WHERE SpanName = 'browser.web_vital'
  AND run != toUUID('00000000-0000-0000-0000-000000000000')
  AND ifNull(isFinite(measured) AND measured >= 0, false);

-- Errors by visit.
CREATE TABLE IF NOT EXISTS throughline_errors (
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
  attempt UInt16
)
ENGINE = ReplacingMergeTree
ORDER BY (journey, day, run_id, time, event);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_errors_view TO throughline_errors AS
WITH
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run, 'UTC')) AS started,
  intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) AS seen
SELECT
  SpanAttributes['throughline.journey.name'] AS journey,
  toDate(intDiv(if(started BETWEEN seen - 2678400000 AND seen + 86400000, started, seen), 1000), 'UTC') AS day,
  run AS run_id,
  Timestamp AS time,
  cityHash64(if(SpanAttributes['throughline.event.id'] != '', SpanAttributes['throughline.event.id'],
    concat(TraceId, SpanId))) AS event,
  if(SpanAttributes['throughline.error.fingerprint'] != '', SpanAttributes['throughline.error.fingerprint'],
    lower(hex(cityHash64(SpanAttributes['exception.type'], SpanAttributes['exception.message'])))) AS fingerprint,
  SpanAttributes['exception.type'] AS type,
  substringUTF8(SpanAttributes['exception.message'], 1, 300) AS message,
  SpanAttributes['throughline.error.handled'] = 'true' AS handled,
  greatest(toUInt32OrZero(SpanAttributes['throughline.error.count']), 1) AS count,
  ServiceName AS service,
  SpanAttributes['throughline.step.name'] AS step,
  greatest(toUInt16OrZero(SpanAttributes['throughline.step.attempt']), 1) AS attempt
FROM otel_traces
WHERE SpanName = 'exception'
  AND run != toUUID('00000000-0000-0000-0000-000000000000');

-- Who met which variant, and when.
CREATE TABLE IF NOT EXISTS throughline_exposures (
  hypothesis LowCardinality(String),
  day Date,
  run_id UUID,
  time DateTime64(6, 'UTC'),
  event UInt64,
  variant LowCardinality(String),
  subject String,
  journey LowCardinality(String)
)
ENGINE = ReplacingMergeTree
ORDER BY (hypothesis, day, run_id, time, event);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_exposures_view TO throughline_exposures AS
WITH
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run, 'UTC')) AS started,
  intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) AS seen
SELECT
  SpanAttributes['throughline.exposure.hypothesis'] AS hypothesis,
  toDate(intDiv(if(started BETWEEN seen - 2678400000 AND seen + 86400000, started, seen), 1000), 'UTC') AS day,
  run AS run_id,
  Timestamp AS time,
  cityHash64(if(SpanAttributes['throughline.event.id'] != '', SpanAttributes['throughline.event.id'],
    concat(TraceId, SpanId))) AS event,
  SpanAttributes['throughline.exposure.variant'] AS variant,
  SpanAttributes['throughline.subject.id'] AS subject,
  SpanAttributes['throughline.journey.name'] AS journey
FROM otel_traces
WHERE SpanName = 'throughline.exposure'
  AND run != toUUID('00000000-0000-0000-0000-000000000000');

-- Requests made for a run: what servers answered, and the browser's side of it, which shows how far their clocks are apart.
-- `request` is the same for both sides of one request.
CREATE TABLE IF NOT EXISTS throughline_calls (
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
  attempt UInt16
)
ENGINE = ReplacingMergeTree
ORDER BY (journey, server, day, run_id, time, span);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_calls_view TO throughline_calls AS
WITH
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run, 'UTC')) AS started,
  intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) AS seen,
  SpanKind IN ('Server', 'SPAN_KIND_SERVER') AS answered,
  coalesce(nullIf(SpanAttributes['http.request.method'], ''), SpanAttributes['http.method']) AS method,
  coalesce(nullIf(SpanAttributes['http.response.status_code'], ''), SpanAttributes['http.status_code']) AS status,
  -- OpenTelemetry's consistent probability: a span stands for 2^56 / (2^56 - threshold) spans.
  extract(TraceState, 'ot=(?:[^,]*;)?th:([0-9a-f]{1,14})') AS threshold,
  reinterpretAsUInt64(reverse(unhex(concat('00', rightPad(threshold, 14, '0'))))) AS rejected
SELECT
  SpanAttributes['throughline.journey.name'] AS journey,
  answered AS server,
  toDate(intDiv(if(started BETWEEN seen - 2678400000 AND seen + 86400000, started, seen), 1000), 'UTC') AS day,
  run AS run_id,
  Timestamp AS time,
  cityHash64(TraceId, SpanId) AS span,
  cityHash64(TraceId, if(answered, ParentSpanId, SpanId)) AS request,
  Duration / 1e6 AS duration_ms,
  ServiceName AS service,
  if(SpanAttributes['http.route'] != '', trim(concat(method, ' ', SpanAttributes['http.route'])), SpanName) AS endpoint,
  StatusCode IN ('Error', 'STATUS_CODE_ERROR') OR toUInt16OrZero(status) >= 500 AS failed,
  if(threshold = '', 1., 72057594037927936. / (72057594037927936. - toFloat64(rejected))) AS weight,
  SpanAttributes['throughline.step.name'] AS step,
  greatest(toUInt16OrZero(SpanAttributes['throughline.step.attempt']), 1) AS attempt
FROM otel_traces
WHERE run != toUUID('00000000-0000-0000-0000-000000000000')
  AND (answered OR (SpanKind IN ('Client', 'SPAN_KIND_CLIENT')
    AND (ResourceAttributes['telemetry.sdk.language'] = 'webjs' OR mapContains(ResourceAttributes, 'browser.mobile')
      OR mapContains(ResourceAttributes, 'browser.platform'))));

-- How runs ended, by whoever said so.
CREATE TABLE IF NOT EXISTS throughline_journeys (
  journey LowCardinality(String),
  day Date,
  run_id UUID,
  time DateTime64(6, 'UTC'),
  event UInt64,
  server Bool,
  outcome LowCardinality(String),
  reason LowCardinality(String),
  value Nullable(Float64),
  currency LowCardinality(String),
  subject String
)
ENGINE = ReplacingMergeTree
ORDER BY (journey, day, run_id, time, event);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_journeys_view TO throughline_journeys AS
WITH
  toUUIDOrZero(SpanAttributes['throughline.run.id']) AS run,
  toUnixTimestamp64Milli(UUIDv7ToDateTime(run, 'UTC')) AS started,
  intDiv(toUnixTimestamp64Nano(Timestamp), 1000000) AS seen,
  toFloat64OrNull(SpanAttributes['throughline.conversion.value']) AS worth
SELECT
  SpanAttributes['throughline.journey.name'] AS journey,
  toDate(intDiv(if(started BETWEEN seen - 2678400000 AND seen + 86400000, started, seen), 1000), 'UTC') AS day,
  run AS run_id,
  Timestamp AS time,
  cityHash64(if(SpanAttributes['throughline.event.id'] != '', SpanAttributes['throughline.event.id'],
    concat(TraceId, SpanId))) AS event,
  SpanAttributes['throughline.event.source'] = 'server' AS server,
  SpanAttributes['throughline.run.outcome'] AS outcome,
  SpanAttributes['throughline.run.end_reason'] AS reason,
  if(isFinite(worth), worth, NULL) AS value,
  SpanAttributes['throughline.conversion.currency'] AS currency,
  SpanAttributes['throughline.subject.id'] AS subject
FROM otel_traces
WHERE SpanName = 'throughline.run.end'
  AND run != toUUID('00000000-0000-0000-0000-000000000000');

-- What became of each page's events, as the page itself counted them. Cumulative: the largest `emitted` is the latest.
CREATE TABLE IF NOT EXISTS throughline_deliveries (
  day Date,
  page String,
  emitted UInt64,
  delivered UInt64,
  dropped UInt64,
  pending UInt64,
  retried UInt64,
  recovered UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (day, page, emitted, delivered, dropped, pending, retried, recovered);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_deliveries_view TO throughline_deliveries AS
SELECT
  toDate(intDiv(toUnixTimestamp64Nano(Timestamp), 1000000000), 'UTC') AS day,
  SpanAttributes['throughline.page.id'] AS page,
  toUInt64OrZero(SpanAttributes['throughline.delivery.emitted']) AS emitted,
  toUInt64OrZero(SpanAttributes['throughline.delivery.delivered']) AS delivered,
  toUInt64OrZero(SpanAttributes['throughline.delivery.dropped']) AS dropped,
  toUInt64OrZero(SpanAttributes['throughline.delivery.pending']) AS pending,
  toUInt64OrZero(SpanAttributes['throughline.delivery.retried']) AS retried,
  toUInt64OrZero(SpanAttributes['throughline.delivery.recovered']) AS recovered
FROM otel_traces
WHERE SpanName = 'throughline.delivery' AND SpanAttributes['throughline.page.id'] != '';

-- One row per run of a journey that began in [since, until): the time (microseconds) at which it reached each step, 0 if it did not,
-- and whether it converted. `subject` is the first that was seen, `subjects` are all.
-- Parameters: journey, version, steps (declared order), previous (for each step the 1-based place of the last required
-- step before it, plus one; 1 if there is none), converts (1-based place), within, since and until (ms).
--
-- An enter is packed into one integer, place * 2^53 + microseconds, so that sorted ones lie by step and then by time: a fold over the steps
-- takes for each the first that is not before the required step before, and not beyond the window. At the same time enters count by step,
-- as the declared order has it. What a server entered is ordered by its step, not by its clock.
CREATE OR REPLACE VIEW throughline_runs AS
WITH 4611686018427387904 AS far, 9007199254740991 AS clock_bits
SELECT run_id, subject, subjects, capped, entered, times, times[{converts:UInt8}] > 0 AS converted
FROM (
  SELECT
    run_id, subject, subjects, capped, entered,
    multiIf(denied, toInt64(0), path[{converts:UInt8}] < far, path[{converts:UInt8}], confirmed > 0, greatest(confirmed, entered), toInt64(0)) AS finished,
    arrayMap((reached, place) -> if(place = {converts:UInt8}, finished, if(reached < far, reached, toInt64(0))), path, arrayEnumerate(path)) AS times
  FROM (
    SELECT
      run_id, subject, subjects, capped,
      arrayMin(enter -> bitAnd(enter, clock_bits), enters) AS entered,
      entered + {within:Int64} * 1000 AS deadline,
      -- When each step was reached: `far` if it was not, as nothing comes after that.
      arrayPopFront(arrayFold(
        (state, before, previous) -> arrayPushBack(state,
          if((arrayFirst(enter -> enter >= before + state[previous], enters) - before AS reached) BETWEEN 1 AND deadline, reached, far)),
        arrayMap(place -> toInt64(place) * (clock_bits + 1), arrayEnumerate({steps:Array(String)})),
        {previous:Array(UInt8)},
        [entered])) AS path,
      winner < far AND bitAnd(winner, 3) != 0 AS denied,
      if(winner < far AND bitAnd(winner, 3) = 0 AND intDiv(winner, 4) - skew <= deadline, intDiv(winner, 4) - skew, toInt64(0)) AS confirmed
    FROM (
      SELECT
        run_id, subject, subjects, winner, skew,
        length(entries) > 1000 AND length(arrayCompact(entries)) > 1000 AS capped,
        arraySlice(arraySort(enter -> (bitAnd(enter, clock_bits), enter), arrayCompact(entries)), 1, 1000) AS kept,
        -- What the server entered in time counts from the moment that the step before was reached, so it is put beside every enter.
        if(capped OR notEmpty(from_server), arraySort(arrayConcat(kept, arrayFlatten(arrayMap(
          late -> arrayMap(
            enter -> bitAnd(late, bitNot(clock_bits)) + bitAnd(enter, clock_bits),
            arrayPushBack(kept, greatest(bitAnd(late, clock_bits) - skew, 1))),
          arrayFilter(
            late -> bitAnd(late, clock_bits) - skew <= {within:Int64} * 1000
              + if(empty(kept), toInt64(clock_bits), arrayMin(enter -> bitAnd(enter, clock_bits), kept)),
            arraySlice(arrayCompact(arraySort(from_server)), 1, 100)))))), entries) AS enters
      FROM (
        SELECT
          run_id,
          min(ending) AS winner,
          sum(clock) AS skew,
          argMinIf(person, (if(packed = 0, far, bitAnd(packed, clock_bits)), packed, server, person), person != '') AS subject,
          arraySort(groupUniqArrayIf(person, person != '')) AS subjects,
          arraySort(groupArrayIf(65536)(packed, packed > 0 AND NOT server)) AS entries,
          groupArrayIf(65536)(packed, packed > 0 AND server) AS from_server
        FROM (
          SELECT
            day,
            run_id,
            toInt64(transform(step, {steps:Array(String)}, arrayEnumerate({steps:Array(String)}), 0)) * (clock_bits + 1) + toUnixTimestamp64Micro(time) AS packed,
            server,
            toInt64(9223372036854775807) AS ending,
            toInt64(0) AS clock,
            subject AS person
          FROM throughline_steps
          WHERE journey = {journey:String} AND kind = 'enter' AND version = {version:String} AND step IN {steps:Array(String)}
            AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
            -- Any time fits its bits.
            AND time > toDateTime64(0, 6, 'UTC') AND time < toDateTime64('2200-01-01 00:00:00', 6, 'UTC')
          UNION ALL
          -- The outcome that is believed is the smallest: the server's before the browser's, then the earliest.
          SELECT
            day,
            run_id,
            toInt64(0),
            false,
            toInt64(if(server, 0, far) + toUnixTimestamp64Micro(time) * 4 + transform(outcome, ['converted', 'failed'], [0, 1], 2)),
            toInt64(0),
            subject
          FROM throughline_journeys
          WHERE journey = {journey:String}
            AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
          UNION ALL
          -- How far the server's clock is ahead of the browser's, where it matters.
          SELECT day, run_id, toInt64(0), false, toInt64(9223372036854775807), toInt64(medianExact(offset)), ''
          FROM (
            SELECT
              day,
              run_id,
              maxIf(toUnixTimestamp64Micro(time) + duration_ms * 500, server)
                - maxIf(toUnixTimestamp64Micro(time) + duration_ms * 500, NOT server) AS offset
            FROM throughline_calls
            WHERE journey = {journey:String}
              AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
              AND run_id IN (
                SELECT run_id FROM throughline_journeys WHERE journey = {journey:String} AND server
                UNION ALL
                SELECT run_id FROM throughline_steps WHERE journey = {journey:String} AND kind = 'enter' AND server)
            GROUP BY day, run_id, request
            HAVING countIf(server) > 0 AND countIf(NOT server) > 0
          )
          GROUP BY day, run_id
        )
        GROUP BY run_id
        HAVING (notEmpty(entries) OR notEmpty(from_server))
          AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) >= {since:Int64}
          AND toUnixTimestamp64Milli(UUIDv7ToDateTime(run_id, 'UTC')) < {until:Int64}
          AND toDate(UUIDv7ToDateTime(run_id, 'UTC')) = min(day)
      )
    )
  )
)
;

-- Each subject's best run: converted, then the furthest, then the earliest. Same parameters and columns as throughline_runs, so that a query
-- can read either.
CREATE OR REPLACE VIEW throughline_best_runs AS
SELECT best.1 AS run_id, best.2 AS entered, best.3 AS times, best.4 AS converted, best.5 AS capped
FROM (
  SELECT
    argMax(
      (run_id, entered, times, converted, capped),
      (converted, arrayLastIndex(time -> time > 0, times), -entered, run_id)) AS best
  FROM throughline_runs(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
    previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
  WHERE subject != ''
  GROUP BY subject
)
;

-- The first visit of each run to each step that it reached before converting: when it began and ended (microseconds; `far` when nothing says
-- that it ended), and whether the run converted. Parameters as for throughline_runs.
CREATE OR REPLACE VIEW throughline_visits AS
WITH 4611686018427387904 AS far
SELECT
  run_id,
  converted,
  device,
  network,
  country,
  visit.1 AS start,
  visit.2 AS step,
  visit.3 AS attempt,
  least(
    arrayMin(arrayMap(enter -> if(enter.1 > start, enter.1, toInt64(far)), enters)),
    arrayMin(arrayPushBack(arrayMap(leave -> if(leave.2 = step AND leave.3 = attempt, leave.1, toInt64(far)), leaves), toInt64(far)))) AS ended
FROM (
  SELECT
    run_id,
    arraySort(groupUniqArrayIf((toUnixTimestamp64Micro(time), toString(step), attempt), kind = 'enter')) AS enters,
    groupUniqArrayIf((toUnixTimestamp64Micro(time) + toInt64(duration_ms * 1000), toString(step), attempt), kind = 'leave') AS leaves,
    argMinIf(toString(device), (time, event), device != '') AS device,
    argMinIf(toString(network), (time, event), network != '') AS network,
    argMinIf(toString(country), (time, event), country != '') AS country
  FROM throughline_steps
  WHERE journey = {journey:String} AND kind IN ('enter', 'leave') AND version = {version:String} AND step IN {steps:Array(String)}
    AND day BETWEEN toDate(intDiv({since:Int64}, 1000), 'UTC') AND toDate(intDiv({until:Int64}, 1000), 'UTC')
  GROUP BY run_id
) AS visited
INNER JOIN (
  SELECT run_id, times, converted
  FROM throughline_runs(journey = {journey:String}, version = {version:String}, steps = {steps:Array(String)},
    previous = {previous:Array(UInt8)}, converts = {converts:UInt8}, within = {within:Int64}, since = {since:Int64}, until = {until:Int64})
) AS run USING run_id
ARRAY JOIN arrayFilter(
  (enter, place) -> times[place] > 0 AND enter.2 != '',
  arrayMap(name -> arrayFirst(enter -> enter.2 = name, enters), arrayPopBack(arraySlice({steps:Array(String)}, 1, {converts:UInt8}))),
  arrayEnumerate(arrayPopBack(arraySlice({steps:Array(String)}, 1, {converts:UInt8})))) AS visit
;

-- Who met a hypothesis: one row per subject, from its first exposure (microseconds) on. An exposure takes its subject from the run if it
-- has none; one that has none either stands for its run and is `anonymous`.
-- Parameters: hypothesis, variants (declared ones), from and to (ms, of exposures).
CREATE OR REPLACE VIEW throughline_subjects AS
SELECT
  if(exposure.subject != '', exposure.subject, run.subject) AS known,
  known = '' AS anonymous,
  if(anonymous, toString(exposure.run_id), known) AS person,
  min(toUnixTimestamp64Micro(exposure.time)) AS exposed,
  arraySort(groupUniqArray(toString(exposure.variant))) AS variants,
  groupUniqArray(exposure.run_id) AS runs
FROM throughline_exposures AS exposure
LEFT JOIN (
  SELECT run_id, argMinIf(subject, (time, subject), subject != '') AS subject
  FROM throughline_steps
  WHERE kind = 'enter' AND run_id IN (SELECT run_id FROM throughline_exposures WHERE hypothesis = {hypothesis:String} AND subject = '')
  GROUP BY run_id
) AS run ON run.run_id = exposure.run_id
WHERE hypothesis = {hypothesis:String} AND has({variants:Array(String)}, variant)
  AND toUnixTimestamp64Milli(exposure.time) >= {from:Int64} AND toUnixTimestamp64Milli(exposure.time) < {to:Int64}
GROUP BY anonymous, person, known
;
