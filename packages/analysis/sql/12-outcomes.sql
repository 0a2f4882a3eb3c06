-- How runs ended: one row a fact, by browser or server. The same fact may be reported many times; it happened when it
-- was first dated.
CREATE TABLE IF NOT EXISTS throughline_outcomes (
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
ENGINE = AggregatingMergeTree
ORDER BY (journey, day, run_id, server, outcome, fact);

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_outcomes_view TO throughline_outcomes AS
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
FROM throughline_rare_events
WHERE name = 'throughline.run.end';
