-- What a span says about a journey, read once and passed on: nothing is kept here. Every view below takes its rows
-- from this table, so that ids, times and days are read in one place, and so that one INSERT from otel_traces fills
-- every table.
CREATE TABLE IF NOT EXISTS throughline_events (
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

ALTER TABLE throughline_events ADD COLUMN IF NOT EXISTS told_browser LowCardinality(String);

ALTER TABLE throughline_events ADD COLUMN IF NOT EXISTS told_version LowCardinality(String);

ALTER TABLE throughline_events ADD COLUMN IF NOT EXISTS variants Array(String);

-- Those of the events above that are few. Their views stand behind one filter, so that a span of another name costs
-- none of them anything, and an insert without a row for a view does not even look at its query.
CREATE TABLE IF NOT EXISTS throughline_rare_events AS throughline_events
ENGINE = Null;

CREATE MATERIALIZED VIEW IF NOT EXISTS throughline_rare_events_view TO throughline_rare_events AS
SELECT *
FROM throughline_events
WHERE name IN ('throughline.run.end', 'throughline.exposure', 'throughline.delivery', 'throughline.alias',
  'throughline.mark', 'exception');
