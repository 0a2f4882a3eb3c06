-- Requests made for a run: what servers answered, and the browser's side of it, which shows how far their clocks are
-- apart. `request` is the same for both sides of one request; `weight` is for how many requests it stands.
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
  attempt UInt16,
  visit UInt64
)
ENGINE = ReplacingMergeTree
ORDER BY (journey, server, day, run_id, time, span);

ALTER TABLE throughline_calls ADD COLUMN IF NOT EXISTS visit UInt64;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_calls_view TO throughline_calls AS
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
FROM throughline_events AS events
WHERE run_id != toUUID('00000000-0000-0000-0000-000000000000')
  AND (answered OR (kind IN ('Client', 'SPAN_KIND_CLIENT')
    AND (resource['telemetry.sdk.language'] = 'webjs' OR mapContains(resource, 'browser.mobile')
      OR mapContains(resource, 'browser.platform'))));
