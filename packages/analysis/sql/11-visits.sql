-- One row a visit: a stay on a step, which everything else asks. Its id is that of its enter event.
--
-- Spans arrive in any order, several times, in any number of inserts, so every column is the smallest, the largest or
-- the set of what was seen: the same whatever the order. A visit has one enter; what is not known yet must not win,
-- so an unknown time is `far`.
--
-- A ready or leave of version 1 names no visit. It is kept under the hash of its step and attempt, as a row that has
-- no `entered`, and goes to the visit of its run with the same step and attempt when somebody asks
-- (sql/ask/paths.sql).
CREATE TABLE IF NOT EXISTS throughline_visits (
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
ENGINE = AggregatingMergeTree
ORDER BY (journey, day, run_id, visit);

ALTER TABLE throughline_visits ADD COLUMN IF NOT EXISTS synthetic SimpleAggregateFunction(max, LowCardinality(String));

ALTER TABLE throughline_visits ADD COLUMN IF NOT EXISTS ahead_ms SimpleAggregateFunction(max, UInt32);

ALTER TABLE throughline_visits ADD COLUMN IF NOT EXISTS browser SimpleAggregateFunction(max, LowCardinality(String));

ALTER TABLE throughline_visits ADD COLUMN IF NOT EXISTS browser_version SimpleAggregateFunction(max, LowCardinality(String));

ALTER TABLE throughline_visits ADD COLUMN IF NOT EXISTS os SimpleAggregateFunction(max, LowCardinality(String));

ALTER TABLE throughline_visits ADD COLUMN IF NOT EXISTS language SimpleAggregateFunction(max, LowCardinality(String));

ALTER TABLE throughline_visits ADD COLUMN IF NOT EXISTS release SimpleAggregateFunction(max, LowCardinality(String));

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_visits_view TO throughline_visits AS
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
FROM throughline_events
WHERE name IN ('throughline.step.enter', 'throughline.step.ready', 'throughline.step.leave');
